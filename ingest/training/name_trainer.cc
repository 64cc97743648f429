#include "ingest/training/name_trainer.h"

#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "graph/status_macros.h"
#include "ingest/evaluation.h"
#include "ingest/name_classifier.h"
#include "ingest/recognition.h"
#include "ingest/training/classifier_trainer.h"

namespace partnergraph {
namespace {

// Parts into which the documents are split to see what the first pass thinks of documents that it
// did not learn from.
constexpr size_t kParts = 5;

constexpr ClassifierOptions kFirstPass = {
    .epochs = 12, .learning_rate = 0.1f, .l2 = 1e-4f, .first_square = 1, .weight_min = 0.01f, .count_min = 2};
constexpr ClassifierOptions kSecondPass = {
    .epochs = 12, .learning_rate = 0.1f, .l2 = 1e-4f, .weight_min = 0.01f, .count_min = 3};

// A document with its candidates, their features and their labels.
struct Sample {
  Document document;
  std::unique_ptr<Recognition> recognition;
  std::unique_ptr<NameReading> reading;
  std::vector<TrainingExample> examples;  // By candidate.
  std::vector<NameProbability> first;
};

std::vector<std::string> Labels() { return {std::begin(kNameLabels), std::end(kNameLabels)}; }

Sample MakeSample(const TrainingDocument& training) {
  Sample sample;
  sample.document = training.document;
  return sample;
}

void Fill(const GoldArticle& gold, const SequenceTagger* tagger, Sample& sample) {
  sample.recognition = std::make_unique<Recognition>(sample.document);
  Recognition& recognition = *sample.recognition;
  FindByRules(recognition);
  sample.reading = ReadNames(recognition, tagger);
  const NameCandidates& candidates = sample.reading->candidates;
  absl::flat_hash_map<std::string, uint8_t> labels;
  for (const GoldEntity& entity : gold.entities) {
    for (const std::string& name : entity.names) {
      labels.try_emplace(ComparedName(name), static_cast<uint8_t>(1 + static_cast<unsigned>(entity.type)));
    }
  }
  for (uint32_t i = 0; i < candidates.names.size(); ++i) {
    TrainingExample& example = sample.examples.emplace_back();
    const NameCandidate& name = candidates.names[i];
    if (name.occurrences.empty()) continue;
    sample.reading->features->Extract(i, example.features);
    const auto it = labels.find(ComparedName(
        sample.document.Text(candidates.occurrences[name.occurrences[0]].span)));
    if (it != labels.end()) example.label = it->second;
  }
}

// Examples of the samples whose part is not `but`.
std::vector<TrainingExample> Gather(const std::vector<Sample>& samples, size_t but) {
  std::vector<TrainingExample> examples;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i % kParts == but) continue;
    for (const TrainingExample& example : samples[i].examples) {
      if (!example.features.empty()) examples.push_back(example);
    }
  }
  return examples;
}

// The weights of two models whose features differ, in one.
absl::StatusOr<std::string> Merge(const std::vector<std::pair<const LinearModel*, std::vector<TrainingExample>*>>& models) {
  LinearModelBuilder builder(Labels());
  absl::flat_hash_map<uint64_t, bool> done;
  for (const auto& [model, examples] : models) {
    for (const TrainingExample& example : *examples) {
      for (const Feature feature : example.features) {
        if (!done.try_emplace(feature.hash, true).second) continue;
        model->ForEach(feature.hash, [&](uint8_t label, float weight) {
          builder.Set(feature.hash, label, weight);
        });
      }
    }
  }
  return builder.Finish(kFirstPass.weight_min);
}

}  // namespace

absl::StatusOr<std::string> TrainNames(std::span<const TrainingDocument> documents) {
  std::vector<Sample> samples;
  samples.reserve(documents.size());
  for (const TrainingDocument& document : documents) samples.push_back(MakeSample(document));
  absl::flat_hash_map<const ExtractionModels*, std::optional<SequenceTagger>> taggers;
  for (size_t i = 0; i < samples.size(); ++i) {
    const ExtractionModels* const models = documents[i].models;
    const auto [it, added] = taggers.try_emplace(models);
    if (added && models != nullptr && !models->tagger.empty()) {
      PG_ASSIGN_OR_RETURN(it->second, SequenceTagger::Create(models->tagger));
    }
    Fill(*documents[i].gold, it->second ? &*it->second : nullptr, samples[i]);
  }

  for (size_t part = 0; part < kParts; ++part) {
    PG_ASSIGN_OR_RETURN(const std::string bytes,
                        TrainClassifier(Labels(), Gather(samples, part), kFirstPass));
    PG_ASSIGN_OR_RETURN(const LinearModel model, LinearModel::Open(bytes));
    for (size_t i = part; i < samples.size(); i += kParts) {
      Sample& sample = samples[i];
      sample.first.resize(sample.examples.size());
      for (size_t k = 0; k < sample.examples.size(); ++k) {
        if (sample.examples[k].features.empty()) continue;
        Classify(model, sample.examples[k].features, sample.first[k].of);
      }
    }
  }
  std::vector<TrainingExample> first = Gather(samples, kParts);
  std::vector<TrainingExample> second;
  for (const Sample& sample : samples) {
    for (uint32_t k = 0; k < sample.examples.size(); ++k) {
      if (sample.examples[k].features.empty()) continue;
      TrainingExample& example = second.emplace_back();
      example.label = sample.examples[k].label;
      sample.reading->features->ExtractRelated(k, sample.first, example.features);
    }
  }
  PG_ASSIGN_OR_RETURN(const std::string first_bytes, TrainClassifier(Labels(), first, kFirstPass));
  PG_ASSIGN_OR_RETURN(const std::string second_bytes,
                      TrainClassifier(Labels(), second, kSecondPass));
  PG_ASSIGN_OR_RETURN(const LinearModel first_model, LinearModel::Open(first_bytes));
  PG_ASSIGN_OR_RETURN(const LinearModel second_model, LinearModel::Open(second_bytes));
  return Merge({{&first_model, &first}, {&second_model, &second}});
}

}  // namespace partnergraph
