import type { NodeKind } from "./gen/partnergraph/v1/graph_pb";
import { KIND_CLASSES } from "./format";
import { useTranslator } from "./language";

// A dot in the colour of the kind, with the kind as its text for those who do not see it.
export function NodeBadge({ kind }: { kind: NodeKind }) {
  const t = useTranslator();
  return (
    <span className={`dot ${KIND_CLASSES[kind] ?? ""}`} role="img" aria-label={t.nodeKind(kind)} />
  );
}
