import { useTranslator } from "./language";

export function Loading() {
  const t = useTranslator();
  return (
    <p className="notice loading" role="status">
      {t.word("loading")}
    </p>
  );
}

export function Failure({ message, retry }: { message: string; retry: () => void }) {
  const t = useTranslator();
  return (
    <div className="notice failure" role="alert">
      <p>
        <strong>{t.word("failed")}.</strong> {message}
      </p>
      <button type="button" onClick={retry}>
        {t.word("retry")}
      </button>
    </div>
  );
}
