// Public sets of relations whose licences permit shipping what was learned from them, in the one
// space of labels of pair_classifier.h: FinRE (MIT), CORE (CC BY 4.0), FewFC (CC BY-SA 4.0).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/pair_classifier.h"
#include "ingest/training/one_vs_rest_trainer.h"
#include "ingest/training/relation_sets.h"

namespace partnergraph {

// What a relation of the set says of (head, tail); nothing for relations that say nothing about our
// kinds either way, so that their rows are left out. INVALID_ARGUMENT for an unknown relation.
absl::StatusOr<std::optional<PairLabel>> FinreLabel(std::string_view relation);
absl::StatusOr<std::optional<PairLabel>> CoreLabel(std::string_view relation, bool inverted);

// FewFC's events as pairs of their arguments, labelled with the names of PairLabel: who invests in,
// acquires, contracts with whom. Pairs of arguments of different events are NONE. Errors as those
// of ReadRelationSet.
absl::StatusOr<std::vector<RelationExample>> ReadFewFcPairs(const std::string& path);

// How much an example of each set counts; a set that counts 0 is not read.
struct CorpusWeights {
  float finre = 1;
  float core = 1;
  float fewfc = 0;  // Measured: adds nothing to the other two.
};

// What the sets teach: the first layer of the model `pairs`, learned once and used for every
// training of the second.
class RelationCorpora {
 public:
  // Without a first layer.
  RelationCorpora() = default;

  // Learns from the sets below the folder of public data. NOT_FOUND when one is missing.
  // Deterministic.
  static absl::StatusOr<RelationCorpora> Read(const std::string& data_folder,
                                              const CorpusWeights& weights = {});

  bool empty() const { return model_.labels() == 0; }
  const OneVsRestModel& model() const { return model_; }

  // Appends the features of the second layer to those of a pair.
  void AddFeatures(std::vector<Feature>& features) const;

 private:
  OneVsRestModel model_;  // Its labels are those of PairLabel.
};

// The example of a pair, in the order of the text: its label is turned round when `tail` stands
// before `head`.
MultiLabelExample ToPairExample(const PairSentence& sentence, Span head, Span tail,
                                PairLabel label);

}  // namespace partnergraph
