import { useCallback, useEffect, useRef, useState } from "react";
import { errorText, isCancelled } from "./api";

export type Async<T> =
  | { state: "idle" }
  | { state: "loading" }
  | { state: "error"; message: string; retry: () => void }
  | { state: "done"; data: T };

// Loads what `key` stands for, again whenever it changes; null loads nothing. The load before is
// cancelled, so that an answer never belongs to another question.
export function useAsync<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
): Async<T> {
  const [result, setResult] = useState<{ key: string | null; value: Async<T> }>({
    key: null,
    value: { state: "idle" },
  });
  const [attempt, setAttempt] = useState(0);
  const loadRef = useRef(load);
  loadRef.current = load;
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    setResult({ key, value: { state: "loading" } });
    loadRef.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setResult({ key, value: { state: "done", data } });
      },
      (error: unknown) => {
        if (controller.signal.aborted || isCancelled(error)) return;
        setResult({ key, value: { state: "error", message: errorText(error), retry } });
      },
    );
    return () => controller.abort();
  }, [key, attempt, retry]);

  if (key === null) return { state: "idle" };
  return result.key === key ? result.value : { state: "loading" };
}
