// Lists that the server gives out a page at a time.
import { useEffect, useState } from "react";
import { errorText, isCancelled } from "./api";
import { useTranslator } from "./language";
import { Failure, Loading } from "./notice";

export const PAGE_SIZE = 50;

export interface Page<T, H = undefined> {
  items: T[];
  // Where the next page begins; "" after the last one.
  cursor: string;
  // What stands above the list, of the first page.
  head?: H | undefined;
}

export interface Pages<T, H = undefined> extends Page<T, H> {
  state: "loading" | "done" | { error: string };
  // Loads the next page, or tries the one again that failed.
  next: () => void;
}

// The list that `key` stands for, from its beginning whenever the key changes.
export function usePages<T, H = undefined>(
  key: string,
  load: (cursor: string, signal: AbortSignal) => Promise<Page<T, H>>,
): Pages<T, H> {
  const [pages, setPages] = useState<Omit<Pages<T, H>, "next"> & { key: string }>({
    key,
    items: [],
    cursor: "",
    state: "loading",
  });
  const [request, setRequest] = useState({ key, cursor: "" });
  const current = request.key === key ? request.cursor : "";

  useEffect(() => {
    const controller = new AbortController();
    setPages((now) =>
      current === ""
        ? { key, items: [], cursor: "", state: "loading" }
        : { ...now, cursor: "", state: "loading" },
    );
    load(current, controller.signal).then(
      ({ items, cursor, head }) => {
        if (controller.signal.aborted) return;
        setPages((now) => ({
          key,
          items: [...now.items, ...items],
          cursor,
          head: now.head ?? head,
          state: "done",
        }));
      },
      (error: unknown) => {
        if (controller.signal.aborted || isCancelled(error)) return;
        setPages((now) => ({ ...now, state: { error: errorText(error) } }));
      },
    );
    return () => controller.abort();
    // `load` goes with the key.
  }, [key, current, request]);

  // Until the effect has run, what is kept belongs to another key.
  const own = pages.key === key ? pages : { items: [], cursor: "", state: "loading" as const };
  return { ...own, next: () => setRequest({ key, cursor: own.cursor || current }) };
}

// Whether there are more, or may be.
export function hasMore(pages: Pages<unknown, unknown>): boolean {
  return pages.cursor !== "" || pages.state !== "done";
}

// How many there are: "50+" while it is not known that these are all.
export function countText(shown: number, pages: Pages<unknown, unknown>): string {
  return `${shown}${hasMore(pages) ? "+" : ""}`;
}

// What stands at the end of the list: a button for more, or why there is nothing yet.
export function PageEnd({ pages }: { pages: Pages<unknown, unknown> }) {
  const t = useTranslator();
  if (pages.state === "loading") return <Loading />;
  if (pages.state !== "done") return <Failure message={pages.state.error} retry={pages.next} />;
  if (pages.cursor === "") return null;
  return (
    <button type="button" className="more" onClick={pages.next}>
      {t.word("loadMore")}
    </button>
  );
}
