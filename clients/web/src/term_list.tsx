// Amounts, stakes and rounds of a deal, and how an article words them.
import { formatTerm } from "./format";
import { type DealTerm, DealTermKind, type Partnership } from "./gen/partnergraph/v1/graph_pb";
import { useTranslator } from "./language";

const nameOf = (term: DealTerm): string => DealTermKind[term.kind] ?? "";

// The one of most sources comes first; contradicting ones of other articles follow.
export function TermList({ deal }: { deal: Partnership }) {
  const t = useTranslator();
  if (deal.terms.length === 0) return null;
  const locale = t.language === "zh" ? "zh-CN" : "en";
  return (
    <dl className="terms" aria-label={t.word("terms")}>
      {deal.terms.map((term, i) => {
        const party = deal.participants.find(
          (p) => term.partyNodeId !== 0n && p.node?.nodeId === term.partyNodeId,
        );
        return [
          <dt key={`${i} kind`}>
            {deal.terms[i - 1]?.kind === term.kind ? "" : t.term(nameOf(term))}
          </dt>,
          <dd key={`${i} value`} title={formatTerm(term, locale, true)}>
            {formatTerm(term, locale)}
            {party && <em>{party.node?.name}</em>}
            {term.sourceCount > 1 && (
              <em>
                {term.sourceCount} {t.word("sources")}
              </em>
            )}
          </dd>,
        ];
      })}
    </dl>
  );
}

export function QuotedTerms({ terms }: { terms: readonly DealTerm[] }) {
  const t = useTranslator();
  if (terms.length === 0) return null;
  return (
    <span className="line meta">
      {terms.map((term, i) => (
        <span key={i}>
          {t.term(nameOf(term))} {term.text}
        </span>
      ))}
    </span>
  );
}
