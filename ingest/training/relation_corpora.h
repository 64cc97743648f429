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

// The sets as examples. Read once, used for every training.
struct RelationCorpora {
  // Reads the sets below the folder of public data. NOT_FOUND when one is missing.
  static absl::StatusOr<RelationCorpora> Read(const std::string& data_folder);

  // Their labels are indices of PairLabel, for the pair in the order of the text.
  std::vector<MultiLabelExample> finre, core, fewfc;
};

// The example of a pair, in the order of the text: its label is turned round when `tail` stands
// before `head`.
MultiLabelExample ToPairExample(const PairSentence& sentence, Span head, Span tail,
                                PairLabel label);

}  // namespace partnergraph
