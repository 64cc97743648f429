#include "ingest/training/name_trainer.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "graph/status_macros.h"
#include "ingest/evaluation.h"
#include "ingest/models.h"
#include "ingest/name_classifier.h"
#include "ingest/recognition.h"
#include "ingest/sequence_tagger.h"
#include "ingest/training/classifier_trainer.h"

namespace partnergraph {
namespace {

// Chosen by cross-validation; half or twice the rate changes F1 by less than half a point.
constexpr ClassifierOptions kOptions = {.epochs = 12,
                                        .learning_rate = 0.05f,
                                        .l2 = 1e-4f,
                                        .first_square = 10,
                                        .weight_min = 0.01f,
                                        .count_min = 2};

// Appends an example per candidate of a document, labelled by whether the annotation has its
// surface form.
void AddExamples(const TrainingDocument& training, const SequenceTagger* tagger,
                 std::vector<TrainingExample>& examples) {
  const size_t first = examples.size();
  Document document = training.document;
  Recognition recognition(document);
  FindByRules(recognition);
  const std::unique_ptr<NameReading> reading = ReadNames(recognition, tagger);
  absl::flat_hash_map<std::string, uint8_t> labels;
  for (const GoldEntity& entity : training.gold->entities) {
    for (const std::string& name : entity.names) {
      labels.try_emplace(ComparedName(name),
                         static_cast<uint8_t>(1 + static_cast<unsigned>(entity.type)));
    }
  }
  const NameCandidates& candidates = reading->candidates;
  for (uint32_t i = 0; i < candidates.names.size(); ++i) {
    const NameCandidate& name = candidates.names[i];
    if (reading->features->IsHopeless(i)) continue;
    TrainingExample& example = examples.emplace_back();
    reading->features->Extract(i, example.features);
    const auto it =
        labels.find(ComparedName(document.Text(candidates.occurrences[name.occurrences[0]].span)));
    if (it != labels.end()) example.label = it->second;
  }
  MarkOrigin(*training.gold, first, kInventedNameWeight, examples);
}

}  // namespace

absl::StatusOr<std::string> TrainNames(std::span<const TrainingDocument> documents) {
  absl::flat_hash_map<const ExtractionModels*, std::optional<SequenceTagger>> taggers;
  std::vector<TrainingExample> examples;
  for (const TrainingDocument& document : documents) {
    const auto [it, added] = taggers.try_emplace(document.models);
    if (added && document.models != nullptr && !document.models->tagger.empty()) {
      PG_ASSIGN_OR_RETURN(it->second, SequenceTagger::Create(document.models->tagger));
    }
    AddExamples(document, it->second ? &*it->second : nullptr, examples);
  }
  ClassifierOptions options = kOptions;
  options.templates = ModelTemplates("names");
  return TrainClassifier({std::begin(kNameLabels), std::end(kNameLabels)}, examples, options);
}

}  // namespace partnergraph
