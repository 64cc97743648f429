#include "ingest/relation_extractor.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "ingest/developer_rules.h"
#include "ingest/employment_guesses.h"
#include "ingest/relation_candidates.h"
#include "ingest/relation_classifier.h"

namespace partnergraph {
namespace {

// Below this a developer is a guess.
constexpr float kDeveloperConfidenceMin = 0.45f;

// One relation per type, source and target.
std::vector<Relation> Merge(std::vector<Relation> relations) {
  std::stable_sort(relations.begin(), relations.end(), [](const Relation& a, const Relation& b) {
    return a.confidence > b.confidence;
  });
  std::vector<Relation> merged;
  std::map<std::tuple<EdgeType, uint32_t, uint32_t>, size_t> index;
  for (Relation& relation : relations) {
    const auto [it, inserted] =
        index.try_emplace({relation.type, relation.source, relation.target}, merged.size());
    if (inserted) {
      merged.push_back(std::move(relation));
      continue;
    }
    Relation& first = merged[it->second];
    const Span& span = relation.evidence.front();
    const bool known = std::any_of(first.evidence.begin(), first.evidence.end(),
                                   [&](const Span& other) { return other.Overlaps(span); });
    if (known) continue;
    first.confidence = std::min(0.99f, first.confidence + kRepeatedBonus);
    if (first.evidence.size() < kRelationEvidenceMax) first.evidence.push_back(span);
  }
  return merged;
}

}  // namespace

absl::Status RelationExtractor::Process(Document& document) const {
  const DocumentViews views(document);
  RuleReading rules = ReadByRules(document, views);
  if (!models_.relations.empty()) {
    document.relations = ClassifyRelations(models_, document, views, rules, threshold_max_);
    return absl::OkStatus();
  }
  std::erase_if(rules.proposals,
                [](const Relation& relation) { return relation.confidence <= kGuessConfidence; });
  SelectDevelopers(kDeveloperConfidenceMin, rules.proposals);
  document.relations = Merge(std::move(rules.proposals));
  return absl::OkStatus();
}

}  // namespace partnergraph
