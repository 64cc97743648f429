import { useEffect, useMemo, useState } from "react";
import { admin } from "./api";
import { EvidencePanel } from "./evidence_panel";
import { NodeKind } from "./gen/partnergraph/v1/graph_pb";
import { GraphPane } from "./graph_pane";
import { Translator, TranslatorContext, useTranslator, type Language } from "./language";
import { NodePanel } from "./node_panel";
import { Failure } from "./notice";
import { useRoute } from "./route";
import { SearchBox } from "./search_box";
import { useAsync } from "./use_async";

const LANGUAGE_KEY = "partnergraph.language";

export function App() {
  const route = useRoute();
  const [language, setLanguage] = useState<Language>(() =>
    localStorage.getItem(LANGUAGE_KEY) === "zh" ? "zh" : "en",
  );
  const translator = useMemo(() => new Translator(language), [language]);
  useEffect(() => {
    localStorage.setItem(LANGUAGE_KEY, language);
    document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  }, [language]);

  return (
    <TranslatorContext.Provider value={translator}>
      <header className="top">
        <a className="brand" href="#/">
          <img src="/icon.svg" alt="" width="26" height="26" />
          partnergraph
        </a>
        <SearchBox />
        <button
          type="button"
          className="language"
          lang={language === "zh" ? "en" : "zh-Hans"}
          onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
        >
          {language === "zh" ? "English" : "中文"}
        </button>
      </header>
      {route.root === null ? (
        <StartPage />
      ) : (
        <main className={`work ${route.fact === null ? "" : "with-evidence"}`}>
          <div className="side">
            {route.selected !== null && <NodePanel nodeId={route.selected} route={route} />}
          </div>
          <GraphPane route={route} root={route.root} />
          {route.fact !== null && <EvidencePanel fact={route.fact} />}
        </main>
      )}
    </TranslatorContext.Provider>
  );
}

function StartPage() {
  const t = useTranslator();
  const stats = useAsync("stats", (signal) => admin.getStats({}, { signal }));
  const counts =
    stats.state === "done"
      ? new Map(stats.data.nodeCounts.map(({ kind, count }) => [kind, count]))
      : null;
  const numbers = [
    { kind: NodeKind.COMPANY, word: "companies" },
    { kind: NodeKind.PERSON, word: "persons" },
    { kind: NodeKind.PRODUCT, word: "productsCount" },
    { kind: NodeKind.PARTNERSHIP, word: "deals" },
  ] as const;
  return (
    <main className="start">
      <h1>{t.word("tagline")}</h1>
      <p>
        <strong>{t.word("startTitle")}.</strong> {t.word("startText")}
      </p>
      {stats.state === "error" && <Failure message={stats.message} retry={stats.retry} />}
      {counts && stats.state === "done" && (
        <>
          <dl className="numbers">
            {numbers.map(({ kind, word }) => (
              <div key={kind}>
                <dd>{(counts.get(kind) ?? 0n).toLocaleString()}</dd>
                <dt>{t.word(word)}</dt>
              </div>
            ))}
            <div>
              <dd>{stats.data.articleCount.toLocaleString()}</dd>
              <dt>{t.word("articles")}</dt>
            </div>
          </dl>
          {stats.data.articleCount === 0n && <p className="notice">{t.word("emptyStore")}</p>}
        </>
      )}
    </main>
  );
}
