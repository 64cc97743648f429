#include "ingest/relation_extractor.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "ingest/developer_rules.h"
#include "ingest/discourse.h"
#include "ingest/employment_rules.h"
#include "ingest/organization_rules.h"
#include "ingest/sentence_view.h"

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
  std::vector<Relation> relations;
  Discourse discourse(document);
  size_t mention = 0;
  for (const Sentence& sentence : document.sentences) {
    const SentenceView view(document, sentence, mention);
    mention = view.next_mention();
    if (view.names().empty()) continue;
    const size_t known = relations.size();
    FindEmployment(view, discourse, relations);
    if (sentence.boilerplate) {
      // Whom a title in a byline or an address block belongs to is anybody's guess.
      relations.erase(
          std::remove_if(
              relations.begin() + static_cast<ptrdiff_t>(known), relations.end(),
              [](const Relation& relation) { return relation.confidence <= kEmploymentAnaphoric; }),
          relations.end());
    } else {
      FindUses(view, discourse, relations);
    }
    FindDevelopers(view, discourse, relations);
    FindOrganizationRelations(view, discourse, relations);
    discourse.Advance(view);
  }
  FindUnitsByName(document, relations);
  FindBrandedProducts(document, relations);
  SelectDevelopers(kDeveloperConfidenceMin, relations);
  document.relations = Merge(std::move(relations));
  return absl::OkStatus();
}

}  // namespace partnergraph
