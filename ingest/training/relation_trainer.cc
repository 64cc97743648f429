#include "ingest/training/relation_trainer.h"

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "graph/schema.h"
#include "graph/status_macros.h"
#include "ingest/models.h"
#include "ingest/relation_candidates.h"
#include "ingest/relation_classifier.h"
#include "ingest/relation_features.h"
#include "ingest/training/classifier_trainer.h"
#include "ingest/training/gold_document.h"

namespace partnergraph {
namespace {

// The rules were written by people who had read the articles that the model learns from, so they
// look better there than they are. Each pair that they propose is learned once more without their
// proposals, with this weight.
constexpr float kUnproposedWeight = 0.3f;

// How much pairs count of which one name is none, by the annotations: what the text says of them is
// often what it would say of names.
constexpr float kUnalignedWeight = 0.2f;

// The annotated relations of an article, as labels of pairs.
class GoldLabels {
 public:
  GoldLabels(const Document& document, const GoldArticle& gold)
      : aligned_(AlignEntities(document, gold)) {
    for (const GoldRelation& relation : gold.relations) {
      relations_.emplace(relation.type, relation.source, relation.target);
    }
  }

  // Whether both names of the pair are annotated.
  bool Aligned(const RelationPair& pair) const {
    return aligned_[pair.first] >= 0 && aligned_[pair.second] >= 0;
  }

  RelationLabel Of(const RelationPair& pair) const {
    const int source = aligned_[pair.first], target = aligned_[pair.second];
    if (source < 0 || target < 0) return RelationLabel::kNone;
    const auto has = [&](const char* type) {
      return relations_.contains({type, static_cast<size_t>(source), static_cast<size_t>(target)});
    };
    const bool employed = has("EMPLOYED_BY"), founded = has("FOUNDED");
    if (employed && founded) return RelationLabel::kFoundedAndEmployedBy;
    if (employed) return RelationLabel::kEmployedBy;
    if (founded) return RelationLabel::kFounded;
    if (has("DEVELOPS")) return RelationLabel::kDevelops;
    if (has("PART_OF")) return RelationLabel::kPartOf;
    if (has("USES")) return RelationLabel::kUses;
    return RelationLabel::kNone;
  }

 private:
  std::vector<int> aligned_;
  std::set<std::tuple<std::string, size_t, size_t>> relations_;
};

void AddExamples(const Document& document, const GoldArticle& gold, const LinearModel& pair_model,
                 std::vector<TrainingExample>& examples) {
  const size_t first = examples.size();
  const DocumentViews views(document);
  const RuleReading rules = ReadByRules(document, views);
  const std::vector<RelationPair> pairs = FindPairs(document, views, rules);
  const RelationFeatures extractor(document, views, rules, pairs, pair_model);
  const GoldLabels labels(document, gold);
  for (const RelationPair& pair : pairs) {
    TrainingExample& example = examples.emplace_back();
    extractor.Extract(pair, example.features);
    example.label = static_cast<uint8_t>(labels.Of(pair));
    if (!labels.Aligned(pair)) example.weight = kUnalignedWeight;
    if (pair.proposals.empty() && pair.reverse.empty()) continue;
    RelationPair unproposed = pair;
    unproposed.proposals.clear();
    unproposed.reverse.clear();
    const uint8_t label = example.label;
    const float weight = example.weight;
    TrainingExample& copy = examples.emplace_back();
    extractor.Extract(unproposed, copy.features);
    copy.label = label;
    copy.weight = kUnproposedWeight * weight;
  }
  MarkOrigin(gold, first, kInventedFactWeight, examples);
}

}  // namespace

absl::StatusOr<std::string> TrainRelations(std::span<const TrainingDocument> documents) {
  std::vector<TrainingExample> examples;
  for (const TrainingDocument& training : documents) {
    // Both as recognized and with the right names: the first teaches what to distrust, the second
    // has the pairs that recognition missed here and will find elsewhere.
    AddExamples(training.document, *training.gold, training.models->pairs, examples);
    PG_ASSIGN_OR_RETURN(const Document annotated,
                        ReadWithGoldEntities(*training.gold, *training.models));
    AddExamples(annotated, *training.gold, training.models->pairs, examples);
  }
  const std::vector<std::string> labels(kRelationLabelNames.begin(), kRelationLabelNames.end());
  ClassifierOptions options;
  options.epochs = 20;
  options.l2 = 5e-3f;
  options.count_min = 5;
  options.weight_min = 0.03f;
  options.first_square = 0.1f;
  options.templates = ModelTemplates("relations");
  return TrainClassifier(labels, examples, options);
}

}  // namespace partnergraph
