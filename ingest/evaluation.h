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

// A fact that an extractor stated: how sure it was, and whether it is right.
struct StatedFact {
  std::string type;       // "EMPLOYED_BY", ..., or "partnership".
  double confidence = 0;  // [0, 1]
  bool right = false;
};

// How far confidence can be believed: the mean distance between the confidence of facts and the
// share of them that is right, over bins of equal width, weighted by their facts (Naeini, Cooper,
// Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015). [0, 1], 0
// is best; 0 without facts.
inline constexpr size_t kCalibrationBins = 10;
double ExpectedCalibrationError(const std::vector<StatedFact>& facts);

// Figures by name ("entities", "entities/COMPANY", "partnerships+kind", "relations/EMPLOYED_BY",
// "facts", ...) and shares on what matched ("kind", "role", "date", "title", "org_type",
// "evidence": right of predicted; "no_partnership": articles without one of those that state none).
struct Evaluation {
  std::map<std::string, Score> figures;
  std::map<std::string, Score> shares;
  // Relations and partnerships that came with a confidence. A partnership is right when its kind is
  // and its parties overlap by half or more.
  std::vector<StatedFact> stated;
  std::vector<std::string>
      errors;  // What was missed and what is spurious, one line each, when asked for.
};

// A name as it is compared: NFKC, case folded, without white space.
std::string ComparedName(std::string_view text);

// Both hold one JSON object per article and line. INVALID_ARGUMENT names the line that is not one.
absl::StatusOr<Evaluation> Evaluate(std::string_view gold_jsonl, std::string_view predicted_jsonl,
                                    bool list_errors);

// The text in traditional characters, by ICU's Simplified-Traditional: character by character, so
// that names and quotes stay parts of their text. Annotations may be given as whole JSON lines.
std::string TraditionalCopy(std::string_view text);

// The figures as a table for people, then the shares, how facts of each confidence fared
// (reliability), and the errors by kind, the most frequent kind first.
std::string ToTable(const Evaluation& evaluation);

}  // namespace partnergraph
