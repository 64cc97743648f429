import { useEffect, useMemo, useRef, useState } from "react";
import { errorText, isCancelled } from "./api";
import { KIND_CLASSES, NODE_KINDS } from "./format";
import type { NodeKind } from "./gen/partnergraph/v1/graph_pb";
import { GraphView } from "./graph_view";
import { useTranslator } from "./language";
import {
  loadPicture,
  mergePictures,
  NODES_MAX,
  viewEdges,
  viewNodes,
  type Picture,
} from "./neighborhood";
import { NodeBadge } from "./node_badge";
import { Failure, Loading } from "./notice";
import { navigate, openNode, type Route } from "./route";
import { useAsync } from "./use_async";

function toggled<T>(set: ReadonlySet<T>, item: T): Set<T> {
  const copy = new Set(set);
  if (!copy.delete(item)) copy.add(item);
  return copy;
}

export function GraphPane({ route, root }: { route: Route; root: bigint }) {
  const t = useTranslator();
  const [view, setView] = useState<GraphView | "none" | null>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [expansions, setExpansions] = useState<{ key: string; picture: Picture } | null>(null);
  const [expandError, setExpandError] = useState("");
  const [hiddenKinds, setHiddenKinds] = useState<ReadonlySet<NodeKind>>(new Set());
  const [hiddenTypes, setHiddenTypes] = useState<ReadonlySet<string>>(new Set());

  const key = `${root}/${route.hops}/${route.deals}`;
  const loaded = useAsync(key, (signal) => loadPicture(root, route.hops, route.deals, signal));
  const base = loaded.state === "done" ? loaded.data : null;
  const picture = expansions?.key === key ? expansions.picture : base;

  const expand = (id: bigint) => {
    if (!picture) return;
    setExpandError("");
    loadPicture(id, 1, route.deals, AbortSignal.timeout(20_000)).then(
      (more) =>
        setExpansions((now) => ({
          key,
          picture: mergePictures(now?.key === key ? now.picture : picture, more),
        })),
      (error: unknown) => {
        if (!isCancelled(error)) setExpandError(errorText(error));
      },
    );
  };
  const expandRef = useRef(expand);
  expandRef.current = expand;

  useEffect(() => {
    const container = canvas.current;
    if (!container) return;
    try {
      const created = new GraphView(container, {
        onSelectNode: (id) => navigate({ selected: BigInt(id), fact: null }),
        onExpandNode: (id) => expandRef.current(BigInt(id)),
        onSelectEdge: (fact) => navigate({ fact }),
      });
      // For the browser's console, and for tests that click where a node is drawn.
      Object.assign(container, { graphView: created });
      setView(created);
      return () => created.destroy();
    } catch {
      setView("none");
      return undefined;
    }
  }, []);

  const nodes = useMemo(() => (picture ? viewNodes(picture, t) : []), [picture, t]);
  const edges = useMemo(() => (picture ? viewEdges(picture, t) : []), [picture, t]);
  const types = useMemo(() => [...new Set(edges.map((edge) => edge.type))].sort(), [edges]);
  const drawn = view !== null && view !== "none" ? view : null;

  useEffect(() => {
    if (drawn && picture) drawn.setData(nodes, edges);
  }, [drawn, picture, nodes, edges]);
  useEffect(
    () => drawn?.setSelected(route.selected?.toString() ?? null, route.selected !== root),
    [drawn, route.selected, root],
  );
  useEffect(() => drawn?.setHidden(hiddenKinds, hiddenTypes), [drawn, hiddenKinds, hiddenTypes]);

  return (
    <section className="graph" aria-label={t.word("graphLabel")}>
      <div className="toolbar">
        <fieldset className="segments">
          <legend>{t.word("hops")}</legend>
          {[1, 2].map((hops) => (
            <button
              key={hops}
              type="button"
              aria-pressed={route.hops === hops}
              onClick={() => navigate({ hops })}
            >
              {hops}
            </button>
          ))}
        </fieldset>
        <label className="check">
          <input
            type="checkbox"
            checked={route.deals}
            onChange={(event) => navigate({ deals: event.target.checked })}
          />
          {t.word("dealsAsNodes")}
        </label>
        <span className="space" />
        {route.selected !== null && (
          <button
            type="button"
            title={t.word("expandHint")}
            onClick={() => route.selected !== null && expand(route.selected)}
          >
            {t.word("expand")}
          </button>
        )}
        {route.selected !== null && route.selected !== root && (
          <button type="button" onClick={() => route.selected !== null && openNode(route.selected)}>
            {t.word("centre")}
          </button>
        )}
        {expansions?.key === key && (
          <button type="button" onClick={() => setExpansions(null)}>
            {t.word("reset")}
          </button>
        )}
        <span className="zoom">
          <button type="button" aria-label={t.word("zoomOut")} onClick={() => drawn?.zoom(1.5 ** -1)}>
            −
          </button>
          <button type="button" aria-label={t.word("fit")} title={t.word("fit")} onClick={() => drawn?.fit()}>
            ⤢
          </button>
          <button type="button" aria-label={t.word("zoomIn")} onClick={() => drawn?.zoom(1.5)}>
            +
          </button>
        </span>
      </div>
      <div className="stage">
        <div className="canvas" ref={canvas} />
        {view === "none" && <p className="notice overlay">{t.word("noWebGl")}</p>}
        {loaded.state === "loading" && (
          <div className="overlay">
            <Loading />
          </div>
        )}
        {loaded.state === "error" && (
          <div className="overlay">
            <Failure message={loaded.message} retry={loaded.retry} />
          </div>
        )}
        {expandError && (
          <p className="notice failure corner" role="alert">
            {expandError}
          </p>
        )}
        {picture && (picture.cut || picture.missing > 0) && (
          <p className="notice corner" role="status">
            {picture.missing > 0 ? `+${picture.missing} ${t.word("more")}` : t.word("moreUnknown")}
            {picture.nodes.size >= NODES_MAX && ` · ${t.word("cap")}`}
          </p>
        )}
      </div>
      <div className="legend">
        {NODE_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            className="kind"
            aria-pressed={!hiddenKinds.has(kind)}
            onClick={() => setHiddenKinds(toggled(hiddenKinds, kind))}
          >
            <i className={`dot ${KIND_CLASSES[kind] ?? ""}`} />
            {t.nodeKind(kind)}
          </button>
        ))}
        <span className="rule" />
        {types.map((type) => (
          <button
            key={type}
            type="button"
            className="type"
            aria-pressed={!hiddenTypes.has(type)}
            onClick={() => setHiddenTypes(toggled(hiddenTypes, type))}
          >
            {t.term(type)}
          </button>
        ))}
      </div>
      <details className="node-list">
        <summary>
          {t.word("nodesInGraph")} ({nodes.length})
        </summary>
        <ul>
          {nodes.map((node) => (
            <li key={node.id}>
              <button
                type="button"
                aria-current={route.selected?.toString() === node.id}
                onClick={() => navigate({ selected: BigInt(node.id), fact: null })}
              >
                <NodeBadge kind={node.kind} />
                {node.label}
              </button>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
