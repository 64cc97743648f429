// The lists of a node's facts: its deals, and everything else.
import { graph } from "./api";
import { dateRank, formatDate, formatPercent } from "./format";
import { Direction, NodeKind, type Edge, type Node } from "./gen/partnergraph/v1/graph_pb";
import { useTranslator } from "./language";
import { NodeBadge } from "./node_badge";
import { navigate, type Route } from "./route";
import { countText, PAGE_SIZE, PageEnd, usePages, type Pages } from "./use_pages";

export const DEAL_TYPES = ["PARTY_TO", "TOOK_PART_IN", "CONCERNS"];

// The edges of a node of some types, a page at a time, each page turned into items.
function useEdgePages<T>(
  nodeId: bigint,
  types: readonly string[],
  convert: (edges: Edge[], signal: AbortSignal) => Promise<T[]>,
): Pages<T> {
  return usePages<T>(`${nodeId}/${types.join()}`, async (cursor, signal) => {
    if (types.length === 0) return { items: [], cursor: "" };
    const answer = await graph.listEdges(
      { nodeId, filter: { types: [...types] }, page: { size: PAGE_SIZE, cursor } },
      { signal },
    );
    return { items: await convert(answer.edges, signal), cursor: answer.nextCursor };
  });
}

async function loadDeals(edges: Edge[], signal: AbortSignal): Promise<Node[]> {
  const ids = new Set<bigint>();
  for (const edge of edges) {
    for (const end of [edge.source, edge.target]) {
      if (end?.kind === NodeKind.PARTNERSHIP) ids.add(end.nodeId);
    }
  }
  if (ids.size === 0) return [];
  const answer = await graph.batchGetNodes({ nodeIds: [...ids] }, { signal });
  return answer.nodes;
}

export function DealList({ nodeId, route }: { nodeId: bigint; route: Route }) {
  const t = useTranslator();
  const pages = useEdgePages(nodeId, DEAL_TYPES, loadDeals);
  // A node can stand in one deal in two roles, on two pages.
  const deals = [...new Map(pages.items.map((deal) => [deal.nodeId, deal])).values()];
  deals.sort((a, b) => dateRank(b.partnership?.date) - dateRank(a.partnership?.date));
  return (
    <section className="facts">
      <h3>
        {t.word("partnerships")} {deals.length > 0 && <small>{countText(deals.length, pages)}</small>}
      </h3>
      {pages.state === "done" && deals.length === 0 && (
        <p className="notice">{t.word("noPartnerships")}</p>
      )}
      <ul className="deals">
        {deals.map((deal) => (
          <li key={String(deal.nodeId)}>
            <DealCard deal={deal} self={nodeId} route={route} />
          </li>
        ))}
      </ul>
      <PageEnd pages={pages} />
    </section>
  );
}

function DealCard({ deal, self, route }: { deal: Node; self: bigint; route: Route }) {
  const t = useTranslator();
  const partnership = deal.partnership;
  if (!partnership) return null;
  const of = (kind: NodeKind) =>
    partnership.participants.filter((p) => p.node?.kind === kind && p.node.nodeId !== self);
  const organizations = of(NodeKind.COMPANY);
  const others = [...of(NodeKind.PERSON), ...of(NodeKind.PRODUCT)];
  const own = partnership.participants.find((p) => p.node?.nodeId === self);
  return (
    <button
      type="button"
      className="deal"
      aria-pressed={route.fact === partnership.factId}
      onClick={() => navigate({ fact: partnership.factId })}
    >
      <span className="line">
        <span className="deal-kind">{t.term(partnership.kind)}</span>
        <span className="date">{formatDate(partnership.date) || t.word("undated")}</span>
      </span>
      <span className="parties">
        {organizations.map((p, i) => (
          <span key={i} className="party">
            {p.node?.name}
            {p.role && p.role !== "PARTY" && <em>{t.term(p.role)}</em>}
          </span>
        ))}
      </span>
      {others.length > 0 && (
        <span className="others">
          {others.map((p, i) => (
            <span key={i}>
              {p.node && <NodeBadge kind={p.node.kind} />}
              {p.node?.name}
            </span>
          ))}
        </span>
      )}
      <span className="line meta">
        <span className={`status status-${partnership.status}`}>{t.status(partnership.status)}</span>
        {own?.role && own.role !== "PARTY" && <span>{t.term(own.role)}</span>}
        <span>
          {partnership.sourceCount} {t.word(partnership.sourceCount === 1 ? "source" : "sources")}
        </span>
        <span title={t.word("confidence")}>
          {t.word("confidenceShort")} {formatPercent(partnership.confidence)}
        </span>
      </span>
    </button>
  );
}

export function FactList({
  nodeId,
  types,
  route,
}: {
  nodeId: bigint;
  types: readonly string[];
  route: Route;
}) {
  const t = useTranslator();
  const pages = useEdgePages(nodeId, types, async (edges) => edges);
  if (types.length === 0) return null;
  return (
    <section className="facts">
      <h3>{t.word("otherFacts")}</h3>
      <ul className="edges">
        {pages.items.map((edge, i) => {
          const outgoing = edge.source?.nodeId === nodeId;
          const other = outgoing ? edge.target : edge.source;
          return (
            <li key={i}>
              <button
                type="button"
                className="edge"
                aria-pressed={route.fact === edge.factId}
                onClick={() => navigate({ fact: edge.factId })}
              >
                {other && <NodeBadge kind={other.kind} />}
                <span className="name">{other?.name}</span>
                <span className="what">
                  {!outgoing && "← "}
                  {edge.title || t.term(edge.type)}
                  {outgoing && " →"}
                </span>
                <span className="date">{formatDate(edge.date)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <PageEnd pages={pages} />
    </section>
  );
}

// The types of a node's edges that are no part of a deal.
export async function otherTypes(nodeId: bigint, signal: AbortSignal): Promise<string[]> {
  const answer = await graph.countEdges({ nodeId, direction: Direction.BOTH }, { signal });
  const types = new Set(answer.counts.map((count) => count.type));
  return [...types].filter((type) => !DEAL_TYPES.includes(type) && type !== "PARTNER_WITH");
}
