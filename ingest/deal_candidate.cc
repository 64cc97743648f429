#include "ingest/deal_candidate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ingest/factuality.h"

namespace partnergraph {

void AddParties(std::vector<Participation>& parties, const std::vector<uint32_t>& entities,
                std::string_view role) {
  for (const uint32_t entity : entities) {
    const bool known = std::any_of(parties.begin(), parties.end(),
                                   [entity](const Participation& p) { return p.entity == entity; });
    if (!known) parties.push_back({entity, std::string(role)});
  }
}

std::vector<Participation> WithRole(const std::vector<uint32_t>& entities, std::string_view role) {
  std::vector<Participation> parties;
  AddParties(parties, entities, role);
  return parties;
}

void CandidateSink::Add(std::string_view kind, std::vector<Participation> parties, Span trigger,
                        float confidence, const char* rule, float kind_weight) {
  if (parties.size() < 2 || candidates_.size() - first_ >= kCandidatesPerSentenceMax ||
      candidates_.size() >= kCandidatesPerArticleMax) {
    return;
  }
  const std::optional<FactStatus> status = AssessFactuality(view_, trigger);
  DealCandidate candidate;
  candidate.kind = kind;
  candidate.parties = std::move(parties);
  candidate.trigger = trigger;
  candidate.evidence = view_.Evidence();
  candidate.sentence = sentence_;
  candidate.confidence = confidence;
  candidate.kind_weight = kind_weight;
  candidate.status = status.value_or(FactStatus::kAnnounced);
  candidate.stated = status.has_value();
  candidate.rule = rule;
  candidates_.push_back(std::move(candidate));
}

void FindDealCandidates(const Document& document, std::vector<SentenceView>& views,
                        std::vector<DealCandidate>& candidates) {
  views.reserve(document.sentences.size());
  Discourse discourse(document);
  size_t mention = 0;
  for (const Sentence& sentence : document.sentences) {
    const SentenceView& view = views.emplace_back(document, sentence, mention);
    mention = view.next_mention();
    if (sentence.boilerplate || view.groups().empty()) continue;
    CandidateSink sink(view, static_cast<uint32_t>(views.size() - 1), candidates);
    FindVentures(view, discourse, sink);
    FindTransactions(view, discourse, sink);
    FindSupply(view, discourse, sink);
    FindCooperation(view, discourse, sink);
    discourse.Advance(view);
  }
}

}  // namespace partnergraph
