#include "ingest/deal_classifier.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "ingest/factuality.h"

namespace partnergraph {
namespace {

constexpr size_t kKinds = std::tuple_size_v<KindScores>;
// Offsets of the three sets of labels.
constexpr size_t kPlaceLabels = 0;
constexpr size_t kDealLabels = kKinds;
constexpr size_t kRoleLabels = 2 * kKinds;
constexpr size_t kLabels = kRoleLabels + std::size(kDealRoles);

// From this probability on two companies are proposed as a deal, and companies of one sentence, or
// of the document, as one deal together.
constexpr float kPairProposalMin = 0.12f;
constexpr float kSentenceProposalMin = 0.3f;
constexpr float kDocumentProposalMin = 0.5f;
constexpr size_t kPairProposalsMax = 14;
// What the rules' kind counts in logarithms when they are sure of it.
constexpr float kRuleKindWeight = 4.5f;
constexpr float kRuleDefaultWeight = 2.0f;
// The kind that the rules fall back on: STRATEGIC_COOPERATION.
constexpr size_t kDefaultKind = 0;

// What stands for a model of other labels: the scores below have room for DealModelLabels only.
const LinearModel& NoModel() {
  static const LinearModel* const none = new LinearModel;
  return *none;
}

// Without a model: no deal.
KindScores ScoreKinds(const LinearModel& model, std::span<const Feature> features, size_t offset) {
  if (model.empty()) return {1};
  std::array<float, kLabels> all{};
  model.AddAll(features, all);
  KindScores scores;
  std::copy_n(all.begin() + static_cast<ptrdiff_t>(offset), kKinds, scores.begin());
  Softmax(scores);
  return scores;
}

// How sure a deal is with its kind, by the probability that it is one. Lines laid through what
// cross-validation found right: what the rules propose is right more often than it looks, what only
// places propose less often.
float Confidence(float deal, bool clustered) {
  return clustered ? 0.28f + 0.52f * deal : 0.78f * deal;
}

// Explains a deal that is not stated, from kTracedMin on.
constexpr float kTracedMin = 0.1f;
void Trace(const Document& document, const DealProposal& proposal, float probability,
           float threshold) {
  if (document.trace == nullptr || probability < kTracedMin) return;
  std::string parties;
  for (const uint32_t party : proposal.parties) {
    if (!parties.empty()) parties += ", ";
    parties += document.entities[party].canonical;
  }
  document.trace->push_back(
      fmt::format("no deal: {} ({:.2f}, a deal from {:.2f} on)", parties, probability, threshold));
}

// Collects sets of companies, each once.
class Proposals {
 public:
  explicit Proposals(const DealContext& context) : context_(context) {}

  DealProposal* Add(std::vector<uint32_t> parties) {
    std::sort(parties.begin(), parties.end());
    parties.erase(std::unique(parties.begin(), parties.end()), parties.end());
    if (parties.size() < 2 || parties.size() > kProposalPartiesMax) return nullptr;
    const auto known = index_.find(parties);
    if (known != index_.end()) return &proposals_[known->second];
    if (proposals_.size() >= kProposalsMax) return nullptr;
    index_.emplace(parties, proposals_.size());
    DealProposal& proposal = proposals_.emplace_back();
    proposal.parties = std::move(parties);
    return &proposal;
  }

  std::vector<DealProposal> Finish() {
    for (DealProposal& proposal : proposals_) {
      const auto in = [&](uint32_t entity) {
        return std::binary_search(proposal.parties.begin(), proposal.parties.end(), entity);
      };
      const std::vector<DealCandidate>& candidates = context_.candidates();
      for (uint32_t i = 0; i < candidates.size(); ++i) {
        const bool all = std::all_of(candidates[i].parties.begin(), candidates[i].parties.end(),
                                     [&](const Participation& party) { return in(party.entity); });
        if (all) proposal.candidates.push_back(i);
      }
      const std::vector<DealPlace>& places = context_.places();
      for (uint32_t i = 0; i < places.size(); ++i) {
        if (in(places[i].first) && in(places[i].second)) proposal.places.push_back(i);
      }
    }
    // Where nothing speaks of two of them there is nothing to show.
    std::erase_if(proposals_, [](const DealProposal& proposal) {
      return proposal.places.empty() && proposal.candidates.empty();
    });
    return std::move(proposals_);
  }

 private:
  const DealContext& context_;
  std::vector<DealProposal> proposals_;
  std::map<std::vector<uint32_t>, size_t> index_;
};

// Joins entities that belong together.
class Components {
 public:
  void Join(uint32_t a, uint32_t b) {
    const uint32_t x = Root(a), y = Root(b);
    if (x != y) parent_[std::max(x, y)] = std::min(x, y);
  }
  std::vector<std::vector<uint32_t>> Groups() {
    std::map<uint32_t, std::vector<uint32_t>> groups;
    for (const auto& [entity, parent] : parent_) groups[Root(entity)].push_back(entity);
    std::vector<std::vector<uint32_t>> result;
    for (auto& [root, group] : groups) result.push_back(std::move(group));
    return result;
  }

 private:
  uint32_t Root(uint32_t entity) {
    parent_.try_emplace(entity, entity);
    while (parent_[entity] != entity) entity = parent_[entity] = parent_[parent_[entity]];
    return entity;
  }
  std::map<uint32_t, uint32_t> parent_;
};

// What says so in a sentence: the deal's word nearest behind or between the names.
Span TriggerOf(const SentenceView& view, const DealPlace& place) {
  const uint32_t from = place.first_span.size() > 0    ? place.first_span.end
                        : place.second_span.size() > 0 ? view.span().begin
                                                       : view.span().begin;
  Span best;
  for (const CueHit& hit : view.cues()) {
    if (hit.cue > Cue::kJointAct || hit.span.begin < from) continue;
    best = hit.span;
    break;
  }
  if (best.size() > 0) return best;
  const Span at = place.second_span.size() > 0 ? place.second_span : place.first_span;
  return at.size() > 0 ? at : Span{view.span().begin, view.span().begin + 1};
}

}  // namespace

bool IsRoleOf(std::string_view role, std::string_view kind) {
  if (kind == "JOINT_VENTURE") return role == "FOUNDER" || role == "VENTURE" || role == "MEMBER";
  if (kind == "INCUBATION") return role == "INCUBATOR" || role == "INCUBATEE";
  if (role == "PARTY") return true;
  if (kind == "SUPPLY" || kind == "TECHNOLOGY_INTEGRATION" || kind == "DISTRIBUTION") {
    return role == "PROVIDER" || role == "CUSTOMER";
  }
  if (kind == "INVESTMENT") {
    return role == "INVESTOR" || role == "INVESTEE" || role == "FUNDER" || role == "HOST";
  }
  if (kind == "ACQUISITION") return role == "ACQUIRER" || role == "TARGET";
  if (kind == "OTHER") return role == "PROVIDER" || role == "CUSTOMER" || role == "HOST";
  return false;
}

std::vector<std::string> DealModelLabels() {
  std::vector<std::string> labels;
  for (const char* const prefix : {"place:", "deal:"}) {
    labels.push_back(absl::StrCat(prefix, "NONE"));
    for (const std::string_view kind : kDealKinds) {
      labels.push_back(absl::StrCat(prefix, std::string(kind)));
    }
  }
  for (const std::string_view role : kDealRoles) {
    labels.push_back(absl::StrCat("role:", std::string(role)));
  }
  return labels;
}

std::vector<DealProposal> ProposeDeals(const DealContext& context,
                                       const std::vector<KindScores>& scores) {
  Proposals proposals(context);
  // The rules: what they assemble, and each of their candidates.
  std::vector<AssembledDeal> assembled =
      AssembleDeals(context.document(), context.candidates(), /*confidence_min=*/0);
  DropUnits(context.document(), assembled);
  for (const AssembledDeal& deal : assembled) {
    std::vector<uint32_t> parties;
    for (const Participation& party : deal.deal.parties) parties.push_back(party.entity);
    if (DealProposal* const proposal = proposals.Add(std::move(parties))) {
      if (deal.deal.confidence > proposal->rule_confidence) {
        proposal->rule_confidence = deal.deal.confidence;
        proposal->rule_kind =
            kDealKinds[static_cast<size_t>(std::max(0, DealKindIndex(deal.deal.kind)))];
      }
      proposal->clustered |= deal.deal.confidence >= kDealConfidenceMin;
    }
  }
  // What places say of two companies.
  const std::vector<DealPlace>& places = context.places();
  std::map<std::pair<uint32_t, uint32_t>, float> pairs;
  for (size_t p = 0; p < places.size(); ++p) {
    float& best = pairs[std::minmax(places[p].first, places[p].second)];
    best = std::max(best, 1 - scores[p][0]);
  }
  std::vector<std::pair<float, std::pair<uint32_t, uint32_t>>> ranked;
  for (const auto& [pair, score] : pairs) {
    if (score >= kPairProposalMin) ranked.emplace_back(-score, pair);
  }
  std::sort(ranked.begin(), ranked.end());
  if (ranked.size() > kPairProposalsMax) ranked.resize(kPairProposalsMax);
  for (const auto& [score, pair] : ranked) proposals.Add({pair.first, pair.second});
  // Companies of a sentence, and of the document, that belong together.
  for (size_t p = 0; p < places.size();) {
    Components components;
    const uint32_t sentence = places[p].sentence;
    for (; p < places.size() && places[p].sentence == sentence; ++p) {
      if (1 - scores[p][0] >= kSentenceProposalMin) {
        components.Join(places[p].first, places[p].second);
      }
    }
    for (std::vector<uint32_t>& group : components.Groups()) proposals.Add(std::move(group));
  }
  Components components;
  for (const auto& [pair, score] : pairs) {
    if (score >= kDocumentProposalMin) components.Join(pair.first, pair.second);
  }
  for (std::vector<uint32_t>& group : components.Groups()) proposals.Add(std::move(group));
  for (const DealCandidate& candidate : context.candidates()) {
    std::vector<uint32_t> parties;
    for (const Participation& party : candidate.parties) parties.push_back(party.entity);
    proposals.Add(std::move(parties));
  }
  return proposals.Finish();
}

DealClassifier::DealClassifier(const LinearModel& model, float threshold_max)
    : model_(model.labels() == DealModelLabels() ? model : NoModel()),
      threshold_max_(threshold_max) {}

std::vector<KindScores> DealClassifier::ScorePlaces(const DealContext& context) const {
  std::vector<KindScores> scores;
  scores.reserve(context.places().size());
  std::vector<Feature> features;
  for (const DealPlace& place : context.places()) {
    context.PlaceFeatures(place, features);
    scores.push_back(ScoreKinds(model_, features, kPlaceLabels));
  }
  return scores;
}

KindScores DealClassifier::ScoreProposal(const DealContext& context, const DealProposal& proposal,
                                         const std::vector<KindScores>& scores) const {
  std::vector<Feature> features;
  context.ProposalFeatures(proposal, scores, features);
  return ScoreKinds(model_, features, kDealLabels);
}

void DealClassifier::SetRoles(const DealContext& context, const DealProposal& proposal,
                              const std::vector<KindScores>& scores, Deal& deal) const {
  std::vector<std::array<float, std::size(kDealRoles)>> logs;
  std::vector<Feature> features;
  for (const Participation& party : deal.parties) {
    context.RoleFeatures(proposal, scores, deal.kind, party.entity, features);
    std::array<float, kLabels> all{};
    model_.AddAll(features, all);
    auto& log = logs.emplace_back();
    std::copy_n(all.begin() + kRoleLabels, log.size(), log.begin());
    for (size_t r = 0; r < log.size(); ++r) {
      if (!IsRoleOf(kDealRoles[r], deal.kind)) log[r] = -1e9f;
    }
  }
  const auto best = [&](size_t i) {
    return static_cast<size_t>(std::max_element(logs[i].begin(), logs[i].end()) - logs[i].begin());
  };
  if (deal.parties.size() == 2 && deal.kind != "JOINT_VENTURE") {
    // Two sides of a deal play two roles, unless they are equals.
    float top = -1e30f;
    size_t a = 0, b = 0;
    for (size_t i = 0; i < logs[0].size(); ++i) {
      for (size_t j = 0; j < logs[1].size(); ++j) {
        if (i == j && i != 0) continue;
        if (logs[0][i] + logs[1][j] <= top) continue;
        top = logs[0][i] + logs[1][j];
        a = i;
        b = j;
      }
    }
    deal.parties[0].role = kDealRoles[a];
    deal.parties[1].role = kDealRoles[b];
    return;
  }
  for (size_t i = 0; i < logs.size(); ++i) deal.parties[i].role = kDealRoles[best(i)];
}

AssembledDeal DealClassifier::Assemble(const DealContext& context, const DealProposal& proposal,
                                       const std::vector<KindScores>& scores,
                                       const KindScores& kinds) const {
  AssembledDeal assembled;
  Deal& deal = assembled.deal;
  // The rules' kind counts as much as its weight times its confidence in logarithms: they know
  // kinds that are rare in what the model has learned from, but the one they fall back on means
  // less.
  size_t kind = 0;
  float top = -1e30f;
  for (size_t k = 0; k < kDealKinds.size(); ++k) {
    float value = std::log(kinds[1 + k] + 1e-6f);
    if (kDealKinds[k] == proposal.rule_kind) {
      value +=
          (k == kDefaultKind ? kRuleDefaultWeight : kRuleKindWeight) * proposal.rule_confidence;
    }
    if (value > top) {
      top = value;
      kind = k;
    }
  }
  deal.kind = kDealKinds[kind];
  deal.confidence = Confidence(1 - kinds[0], proposal.clustered);
  deal.rule = "deals";
  for (const uint32_t party : proposal.parties) deal.parties.push_back({party, "PARTY"});
  SetRoles(context, proposal, scores, deal);

  // What speaks for it: the rules' candidates, then the places that are likely to.
  const std::vector<DealCandidate>& candidates = context.candidates();
  for (const uint32_t c : proposal.candidates) {
    if (candidates[c].stated) assembled.candidates.push_back(candidates[c]);
  }
  float best = 0;
  for (const uint32_t p : proposal.places) best = std::max(best, 1 - scores[p][0]);
  for (const uint32_t p : proposal.places) {
    const DealPlace& place = context.places()[p];
    const float score = 1 - scores[p][0];
    if (score < best && score < kPlaceDealMin) continue;
    const SentenceView& view = context.views()[place.sentence];
    DealCandidate candidate;
    candidate.kind = kDealKinds[kind];
    candidate.trigger = TriggerOf(view, place);
    candidate.evidence = view.Evidence();
    candidate.sentence = place.sentence;
    candidate.confidence = score;
    const std::optional<FactStatus> status = AssessFactuality(view, candidate.trigger);
    candidate.status = status.value_or(FactStatus::kAnnounced);
    candidate.stated = status.has_value();
    candidate.rule = "deals";
    assembled.candidates.push_back(std::move(candidate));
  }
  if (assembled.candidates.empty()) {
    for (const uint32_t c : proposal.candidates) assembled.candidates.push_back(candidates[c]);
  }
  std::stable_sort(assembled.candidates.begin(), assembled.candidates.end(),
                   [&](const DealCandidate& a, const DealCandidate& b) {
                     const bool a_kind = a.kind == deal.kind, b_kind = b.kind == deal.kind;
                     if (a_kind != b_kind) return a_kind;
                     return a.confidence > b.confidence;
                   });
  bool announced = false, ended = false, planned = false;
  for (const DealCandidate& candidate : assembled.candidates) {
    if (std::find(assembled.sentences.begin(), assembled.sentences.end(), candidate.sentence) ==
        assembled.sentences.end()) {
      assembled.sentences.push_back(candidate.sentence);
      if (deal.evidence.size() < kDealEvidenceMax) deal.evidence.push_back(candidate.evidence);
    }
    if (!candidate.stated) continue;
    announced |= candidate.status == FactStatus::kAnnounced;
    planned |= candidate.status == FactStatus::kPlanned;
    ended |= candidate.status == FactStatus::kEnded;
  }
  deal.status = ended                   ? FactStatus::kEnded
                : planned && !announced ? FactStatus::kPlanned
                                        : FactStatus::kAnnounced;
  std::sort(assembled.sentences.begin(), assembled.sentences.end());
  return assembled;
}

std::vector<AssembledDeal> DealClassifier::Read(const DealContext& context) const {
  if (model_.empty()) return {};
  const std::vector<KindScores> scores = ScorePlaces(context);
  const std::vector<DealProposal> proposals = ProposeDeals(context, scores);
  std::vector<KindScores> kinds;
  for (const DealProposal& proposal : proposals) {
    kinds.push_back(ScoreProposal(context, proposal, scores));
  }
  std::vector<size_t> order(proposals.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return kinds[a][0] < kinds[b][0]; });
  std::vector<AssembledDeal> deals;
  std::vector<size_t> taken;
  for (const size_t i : order) {
    const float threshold = proposals[i].clustered ? kRuleDealMin : kDealMin;
    if (1 - kinds[i][0] < std::min(threshold, threshold_max_)) {
      Trace(context.document(), proposals[i], 1 - kinds[i][0], threshold);
      continue;
    }
    // One deal of the same two companies.
    const bool again = std::any_of(taken.begin(), taken.end(), [&](size_t other) {
      std::vector<uint32_t> both;
      std::set_intersection(proposals[i].parties.begin(), proposals[i].parties.end(),
                            proposals[other].parties.begin(), proposals[other].parties.end(),
                            std::back_inserter(both));
      return both.size() >= 2;
    });
    if (again) continue;
    taken.push_back(i);
    deals.push_back(Assemble(context, proposals[i], scores, kinds[i]));
  }
  std::stable_sort(deals.begin(), deals.end(), [](const AssembledDeal& a, const AssembledDeal& b) {
    return a.sentences.front() < b.sentences.front();
  });
  return deals;
}

}  // namespace partnergraph
