// Compares extractions with gold annotations, by the same definitions as the annotation guidelines:
// entities aligned one to one by shared names, partnerships by the overlap of their parties,
// relations through the entity alignment.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace partnergraph {

struct Score {
  double right = 0, predicted = 0, gold = 0;
  double precision() const { return predicted > 0 ? right / predicted : 0; }
  double recall() const { return gold > 0 ? right / gold : 0; }
  double f1() const {
    const double p = precision(), r = recall();
    return p + r > 0 ? 2 * p * r / (p + r) : 0;
  }
};

// Figures by name ("entities", "entities/COMPANY", "partnerships+kind", "relations/EMPLOYED_BY",
// "facts", ...) and shares on what matched ("kind", "role", "date", "title", "org_type",
// "evidence": right of predicted).
struct Evaluation {
  std::map<std::string, Score> figures;
  std::map<std::string, Score> shares;
  std::vector<std::string>
      errors;  // What was missed and what is spurious, one line each, when asked for.
};

// A name as it is compared: NFKC, case folded, without white space.
std::string ComparedName(std::string_view text);

// Both hold one JSON object per article and line. INVALID_ARGUMENT names the line that is not one.
absl::StatusOr<Evaluation> Evaluate(std::string_view gold_jsonl, std::string_view predicted_jsonl,
                                    bool list_errors);

// The figures as a table for people, then the shares and the errors.
std::string ToTable(const Evaluation& evaluation);

}  // namespace partnergraph
