// How well the features of a pair of names do on public sets of relations: a classifier is trained
// on the set's train split and its answers to any file in the set's form are counted.
//
// FinRE's figures are those of the MG-Lattice papers (Li et al., Chinese Relation Extraction with
// Multi-Grained Information and External Linguistic Knowledge, ACL 2019): by rows, relations but
// `unknown`. `best_f1` is the highest point of the curve that ranks all answers by probability.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace partnergraph {

struct RelationFigures {
  std::string label;
  size_t correct = 0, predicted = 0, gold = 0;  // Rows.

  double precision() const;
  double recall() const;
  double f1() const;
};

struct RelationSetReport {
  std::string set;
  size_t train_rows = 0, rows = 0;
  RelationFigures all;  // Without the label that says that there is no relation.
  double accuracy = 0;  // With it.
  double macro_f1 = 0;  // Mean over the labels that the file has, without it.
  double best_f1 = 0;
  // As sets of labels by pair, since rows of one pair differ in their label: what is probable
  // enough counts as answered.
  RelationFigures pairs;
  std::vector<RelationFigures> labels;  // By gold rows, falling.
  // On demand: wanted, answered, head, tail and text of each wrong row, by tabs; sorted, so that
  // errors of a kind stand together.
  std::vector<std::string> errors;
};

// `set` is "finre", "sanwen", "core", "finred" or "kbp37", whose train split lies below
// `data_folder`; `file` may end in .xz. Errors as those of ReadRelationSet. Deterministic.
absl::StatusOr<RelationSetReport> EvaluateRelationSet(std::string_view set,
                                                      const std::string& data_folder,
                                                      const std::string& file, bool list_errors);

// The same within the train split: each of `folds` parts, rows of one text together, is answered by
// a classifier that was trained on the other parts.
absl::StatusOr<RelationSetReport> CrossValidateRelationSet(std::string_view set,
                                                           const std::string& data_folder,
                                                           size_t folds, bool list_errors);

// A table for people.
std::string ToTable(const RelationSetReport& report);

}  // namespace partnergraph
