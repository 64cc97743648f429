import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { graph } from "./api";
import type { NodeMatch } from "./gen/partnergraph/v1/graph_service_pb";
import { useTranslator } from "./language";
import { NodeBadge } from "./node_badge";
import { openNode } from "./route";
import { useAsync } from "./use_async";

const TYPING_PAUSE_MS = 120;
const MATCHES_MAX = 12;
const QUERY_LENGTH_MAX = 256;

export function SearchBox() {
  const t = useTranslator();
  const [text, setText] = useState("");
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const listId = useId();

  useEffect(() => {
    const timer = setTimeout(() => setQuery(text.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const found = useAsync(query || null, async (signal) => {
    const answer = await graph.searchNodes({ query, page: { size: MATCHES_MAX } }, { signal });
    return answer.matches;
  });
  const matches: NodeMatch[] = found.state === "done" ? found.data : [];
  useEffect(() => setActive(0), [query]);

  // "/" goes to the search box from anywhere on the page.
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      event.preventDefault();
      input.current?.focus();
    };
    const onPress = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", onPress);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("pointerdown", onPress);
    };
  }, []);

  const choose = (match: NodeMatch | undefined) => {
    if (!match?.node) return;
    openNode(match.node.nodeId);
    setText(match.node.name);
    setOpen(false);
    input.current?.blur();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, its keys are its own.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((i) => (i + step + matches.length) % Math.max(1, matches.length));
    } else if (event.key === "Enter") {
      choose(matches[active]);
    } else if (event.key === "Escape") {
      setOpen(false);
    }
  };

  const shown = open && query !== "";
  return (
    <div className="search" ref={box}>
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={t.word("searchLabel")}
        aria-expanded={shown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown && matches.length > 0 ? `${listId}-${active}` : undefined}
        placeholder={t.word("searchHint")}
        maxLength={QUERY_LENGTH_MAX}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
        }}
        onFocus={(event) => {
          event.target.select();
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
      {shown && (
        <ul className="matches" id={listId} role="listbox" aria-label={t.word("searchLabel")}>
          {found.state === "loading" && <li className="none">{t.word("searching")}</li>}
          {found.state === "error" && <li className="none">{found.message}</li>}
          {found.state === "done" && matches.length === 0 && (
            <li className="none">{t.word("noMatch")}</li>
          )}
          {matches.map((match, i) => (
            <li
              key={String(match.node?.nodeId)}
              id={`${listId}-${i}`}
              role="option"
              aria-selected={i === active}
              onPointerEnter={() => setActive(i)}
              onClick={() => choose(match)}
            >
              {match.node && <NodeBadge kind={match.node.kind} />}
              <span className="name">{match.node?.name}</span>
              {match.matchedName !== "" && match.matchedName !== match.node?.name && (
                <span className="alias">{match.matchedName}</span>
              )}
              <span className="count">
                {match.node?.articleCount} {t.word("articles")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
