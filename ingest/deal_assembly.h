// Many statements to one deal: the same deal in the headline, the lead and the quotes becomes one
// object with the union of its parties and its evidence.
#pragma once

#include <vector>

#include "ingest/deal_candidate.h"

namespace partnergraph {

// A deal below this confidence is a guess and left out.
inline constexpr float kDealConfidenceMin = 0.5f;
// Most quotes kept for one deal.
inline constexpr size_t kDealEvidenceMax = 12;
// A statement in the headline adds this to a deal's confidence; a further sentence adds the other.
inline constexpr float kHeadlineBonus = 0.1f;
inline constexpr float kFurtherEvidenceBonus = 0.04f;

// A deal with what the later steps need to know of it.
struct AssembledDeal {
  Deal deal;
  std::vector<uint32_t> sentences;  // Indices of the sentences that speak of it, ascending.
  std::vector<DealCandidate> candidates;
};

// Merges candidates that are stated as facts: of one family (cooperation, equity, venture) when
// one's parties contain the other's; a cooperation of founders joins their venture. The kind is the
// one with the most weight, roles come from the surest candidate of that kind. Confidence is that
// of the surest candidate plus the bonuses above, at most 0.99. Quadratic only in the number of
// deals with a party in common. Deals below `confidence_min` are left out.
std::vector<AssembledDeal> AssembleDeals(const Document& document,
                                         std::vector<DealCandidate> candidates,
                                         float confidence_min = kDealConfidenceMin);

// A branch or department acts for its organization, and beside it is no second party: two such
// names alone are no deal and are taken out. Requires the PART_OF of Document::relations.
void DropUnits(const Document& document, std::vector<AssembledDeal>& deals);

}  // namespace partnergraph
