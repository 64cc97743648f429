// The learned part of finding deals: which companies of a document are parties to one, of which
// kind, in which roles. Three sets of weights in one model, `deals`, whose labels say which:
// "place:KIND" judges what one place says of two companies, "deal:KIND" judges a set of companies
// by what all its places and the rules say (stacked on the first), "role:ROLE" gives the roles.
#pragma once

#include <string>
#include <vector>

#include "ingest/deal_assembly.h"
#include "ingest/deal_features.h"
#include "ingest/linear_model.h"

namespace partnergraph {

// Most sets of companies that are judged in one article.
inline constexpr size_t kProposalsMax = 48;
// A place speaks for a deal from this probability on; the best place always does.
inline constexpr float kPlaceDealMin = 0.35f;
// A set of companies is a deal from this probability on; a lower one does where the rules alone
// would make it a deal. Chosen by cross-validation and by held-out articles: of the points of like
// F1 a more precise one.
inline constexpr float kDealMin = 0.45f;
inline constexpr float kRuleDealMin = 0.35f;

// What a party can be, by kind, in the order of "role:..." labels.
inline constexpr std::string_view kDealRoles[] = {
    "PARTY",    "PROVIDER", "CUSTOMER",  "FOUNDER",   "VENTURE", "INVESTOR", "INVESTEE",
    "ACQUIRER", "TARGET",   "INCUBATOR", "INCUBATEE", "FUNDER",  "HOST",     "MEMBER"};
// Whether the guidelines know the role in deals of the kind.
bool IsRoleOf(std::string_view role, std::string_view kind);

// The labels of the model, in order: "place:NONE", "place:STRATEGIC_COOPERATION", ...
std::vector<std::string> DealModelLabels();

// Immutable and thread-safe. Refers to the model, which must outlive it.
class DealClassifier {
 public:
  // A model of other labels than DealModelLabels (CheckModel refuses it) counts as an empty one,
  // which sees no deal anywhere. Thresholds above `threshold_max` are lowered to it.
  explicit DealClassifier(const LinearModel& model, float threshold_max = 1);

  // What each place of the context says.
  std::vector<KindScores> ScorePlaces(const DealContext& context) const;
  // What a proposal is.
  KindScores ScoreProposal(const DealContext& context, const DealProposal& proposal,
                           const std::vector<KindScores>& scores) const;
  // The deals of a document, in the order of the text, without attributes.
  std::vector<AssembledDeal> Read(const DealContext& context) const;

 private:
  AssembledDeal Assemble(const DealContext& context, const DealProposal& proposal,
                         const std::vector<KindScores>& scores, const KindScores& kinds) const;
  void SetRoles(const DealContext& context, const DealProposal& proposal,
                const std::vector<KindScores>& scores, Deal& deal) const;

  const LinearModel& model_;
  const float threshold_max_;
};

// The sets of companies worth judging: those of the rules, and those that places speak for. At most
// kProposalsMax, without repetition.
std::vector<DealProposal> ProposeDeals(const DealContext& context,
                                       const std::vector<KindScores>& scores);

}  // namespace partnergraph
