import { graph } from "./api";
import { DealList, FactList, otherTypes } from "./facts";
import { formatDate, formatPercent, KIND_CLASSES } from "./format";
import { NodeKind, type Node } from "./gen/partnergraph/v1/graph_pb";
import { useTranslator } from "./language";
import { NodeBadge } from "./node_badge";
import { TermList } from "./term_list";
import { Failure, Loading } from "./notice";
import { navigate, type Route } from "./route";
import { useAsync } from "./use_async";

const ALIASES_MAX = 8;

export function NodePanel({ nodeId, route }: { nodeId: bigint; route: Route }) {
  const loaded = useAsync(String(nodeId), async (signal) => {
    const [answer, types] = await Promise.all([
      graph.getNode({ nodeId }, { signal }),
      otherTypes(nodeId, signal),
    ]);
    return { node: answer.node, types };
  });
  if (loaded.state === "idle" || loaded.state === "loading") return <Loading />;
  if (loaded.state === "error") return <Failure message={loaded.message} retry={loaded.retry} />;
  const { node, types } = loaded.data;
  if (!node) return null;
  return (
    <div className="node-panel">
      <NodeHeader node={node} />
      {node.partnership ? (
        <DealDetails node={node} />
      ) : (
        <>
          <DealList nodeId={nodeId} route={route} />
          <FactList nodeId={nodeId} types={types} route={route} />
        </>
      )}
    </div>
  );
}

function NodeHeader({ node }: { node: Node }) {
  const t = useTranslator();
  const aliases = node.aliases.filter((alias) => alias.name !== node.name);
  return (
    <header className="node-header">
      <p className={`kind-line ${KIND_CLASSES[node.kind] ?? ""}`}>
        <NodeBadge kind={node.kind} />
        {t.nodeKind(node.kind)}
        {node.orgType && node.orgType !== "COMPANY" && ` · ${t.term(node.orgType)}`}
      </p>
      <h2>{node.partnership ? t.term(node.partnership.kind) : node.name}</h2>
      <p className="meta">
        {node.articleCount > 0 && `${node.articleCount} ${t.word("articles")} · `}
        {String(node.degree)} {t.word("edges")}
      </p>
      {aliases.length > 0 && (
        <p className="aliases">
          <span className="label">{t.word("aliases")}</span>
          {aliases.slice(0, ALIASES_MAX).map((alias) => (
            <span key={alias.name} className="alias">
              {alias.name}
            </span>
          ))}
          {aliases.length > ALIASES_MAX && <span>+{aliases.length - ALIASES_MAX}</span>}
        </p>
      )}
    </header>
  );
}

function DealDetails({ node }: { node: Node }) {
  const t = useTranslator();
  const deal = node.partnership;
  if (!deal) return null;
  const groups = [
    { title: t.word("parties"), kind: NodeKind.COMPANY },
    { title: t.word("people"), kind: NodeKind.PERSON },
    { title: t.word("products"), kind: NodeKind.PRODUCT },
  ];
  return (
    <div className="deal-details">
      <p className="line meta">
        <span className="date">{formatDate(deal.date) || t.word("undated")}</span>
        <span className={`status status-${deal.status}`}>{t.status(deal.status)}</span>
        {deal.location && <span>{deal.location}</span>}
        <span>
          {deal.sourceCount} {t.word(deal.sourceCount === 1 ? "source" : "sources")}
        </span>
        <span title={t.word("confidence")}>
          {t.word("confidenceShort")} {formatPercent(deal.confidence)}
        </span>
      </p>
      <TermList deal={deal} />
      {groups.map(({ title, kind }) => {
        const members = deal.participants.filter((p) => p.node?.kind === kind);
        if (members.length === 0) return null;
        return (
          <section key={kind} className="facts">
            <h3>{title}</h3>
            <ul className="edges">
              {members.map((member, i) => (
                <li key={i}>
                  <button
                    type="button"
                    className="edge"
                    onClick={() =>
                      member.node && navigate({ selected: member.node.nodeId, fact: null })
                    }
                  >
                    <NodeBadge kind={kind} />
                    <span className="name">{member.node?.name}</span>
                    <span className="what">{member.role && t.term(member.role)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <button type="button" className="more" onClick={() => navigate({ fact: deal.factId })}>
        {t.word("evidence")}
      </button>
    </div>
  );
}
