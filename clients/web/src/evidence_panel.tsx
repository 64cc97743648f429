import { useEffect, useRef, useState, type ReactNode } from "react";
import { graph } from "./api";
import { segmentText, type ByteSpan } from "./article_text";
import { formatDate, formatPercent } from "./format";
import { NodeKind, type Evidence, type Span } from "./gen/partnergraph/v1/graph_pb";
import type { ExplainFactResponse, GetArticleResponse } from "./gen/partnergraph/v1/graph_service_pb";
import { useTranslator } from "./language";
import { Failure, Loading } from "./notice";
import { navigate } from "./route";
import { QuotedTerms, TermList } from "./term_list";
import { useAsync } from "./use_async";
import { countText, hasMore, PAGE_SIZE, PageEnd, usePages } from "./use_pages";

export function EvidencePanel({ fact }: { fact: bigint }) {
  const t = useTranslator();
  const pages = usePages<Evidence, ExplainFactResponse["fact"]>(
    String(fact),
    async (cursor, signal) => {
      const page = { size: PAGE_SIZE, cursor };
      const answer = await graph.explainFact({ factId: fact, page }, { signal });
      return { items: answer.evidence, cursor: answer.nextCursor, head: answer.fact };
    },
  );
  const [chosen, setChosen] = useState({ fact, index: 0 });
  const index = chosen.fact === fact ? chosen.index : 0;
  const current = pages.items[index];
  return (
    <aside className="evidence-panel" aria-label={t.word("evidence")}>
      <div className="panel-head">
        <h2>
          {t.word("evidence")}{" "}
          {pages.items.length > 0 && <small>{countText(pages.items.length, pages)}</small>}
        </h2>
        <button type="button" aria-label={t.word("close")} onClick={() => navigate({ fact: null })}>
          ✕
        </button>
      </div>
      {pages.head && <FactTitle fact={pages.head} />}
      <ul className="quotes">
        {pages.items.map((item, i) => (
          <li key={i}>
            <button
              type="button"
              className="quote"
              aria-pressed={i === index}
              onClick={() => setChosen({ fact, index: i })}
            >
              <QuoteCard evidence={item} />
            </button>
          </li>
        ))}
        {hasMore(pages) && (
          <li>
            <PageEnd pages={pages} />
          </li>
        )}
      </ul>
      {current && <ArticleView evidence={current} fact={fact} />}
    </aside>
  );
}

function FactTitle({ fact }: { fact: ExplainFactResponse["fact"] }) {
  const t = useTranslator();
  if (fact.case === "edge") {
    const { source, target, title, type } = fact.value;
    return (
      <p className="fact-title">
        {source?.name} <span>{title || t.term(type)}</span> {target?.name}
      </p>
    );
  }
  const deal = fact.value?.partnership;
  if (!deal) return null;
  const parties = deal.participants.filter((p) => p.node?.kind === NodeKind.COMPANY);
  return (
    <>
      <p className="fact-title">
        <span>{t.term(deal.kind)}</span> {parties.map((p) => p.node?.name).join(" · ")}
      </p>
      <TermList deal={deal} />
    </>
  );
}

function QuoteCard({ evidence }: { evidence: Evidence }) {
  const t = useTranslator();
  return (
    <>
      <q>{evidence.quote}</q>
      <QuotedTerms terms={evidence.terms} />
      <span className="line meta">
        <span>{[evidence.source, formatDate(evidence.published)].filter(Boolean).join(" · ")}</span>
        <span className={`status status-${evidence.status}`}>{t.status(evidence.status)}</span>
        <span title={t.word("confidence")}>
          {t.word("confidenceShort")} {formatPercent(evidence.confidence)}
        </span>
      </span>
    </>
  );
}

function toByteSpan(span: Span | undefined): ByteSpan[] {
  return span ? [{ begin: span.begin, end: span.end }] : [];
}

function ArticleView({ evidence, fact }: { evidence: Evidence; fact: bigint }) {
  const t = useTranslator();
  const loaded = useAsync(evidence.articleId, (signal) =>
    graph.getArticle({ articleId: evidence.articleId }, { signal }),
  );
  if (loaded.state === "error") return <Failure message={loaded.message} retry={loaded.retry} />;
  if (loaded.state !== "done") return <Loading />;
  const article = loaded.data;
  const own = article.facts.find((entry) => entry.factId === fact);
  // The chosen passage comes first: it is marked more strongly, and scrolled to.
  const passages = [...toByteSpan(evidence.span), ...(own?.spans ?? []).flatMap(toByteSpan)];
  return (
    <article className="article" lang={article.language || undefined}>
      <ArticleBody article={article} passages={passages} />
      <footer className="meta">
        {isWebAddress(article.url) && (
          <a href={article.url} target="_blank" rel="noreferrer noopener">
            {t.word("openArticle")}
          </a>
        )}
        <span>
          {t.word("extractor")} {evidence.extractor}
        </span>
      </footer>
    </article>
  );
}

// An article's address comes from outside: nothing but a web address becomes a link.
function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function ArticleBody({ article, passages }: { article: GetArticleResponse; passages: ByteSpan[] }) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chosen = body.current?.querySelector("mark.chosen");
    chosen?.scrollIntoView({ block: "center", behavior: "instant" });
  }, [article, passages[0]?.begin]);
  const mentions = article.mentions.flatMap((mention) =>
    toByteSpan(mention.span).map((span) => ({ ...span, node: mention.node })),
  );
  // Offsets count from the title, which is the first line.
  const titleEnd = article.title.length + 1;
  const segments = segmentText(`${article.title}\n${article.text}`, passages, mentions, [titleEnd]);
  const title: ReactNode[] = [];
  const text: ReactNode[] = [];
  let length = 0;
  for (const segment of segments) {
    const node = segment.mention >= 0 ? mentions[segment.mention]?.node : undefined;
    const content = node ? (
      <button
        type="button"
        className={`mention kind-${node.kind}`}
        onClick={() => navigate({ selected: node.nodeId })}
      >
        {segment.text}
      </button>
    ) : (
      segment.text
    );
    const part =
      segment.evidence < 0 ? (
        <span key={length}>{content}</span>
      ) : (
        <mark key={length} className={segment.evidence === 0 ? "chosen" : undefined}>
          {content}
        </mark>
      );
    (length < titleEnd ? title : text).push(part);
    length += segment.text.length;
  }
  return (
    <div className="article-text" ref={body} tabIndex={0}>
      <h3>{title}</h3>
      {text}
    </div>
  );
}
