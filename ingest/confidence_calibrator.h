// Makes confidence mean something: of the facts of confidence 0.8, four in five are right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/linear_model.h"
#include "ingest/stage.h"

namespace partnergraph {

// The groups of facts that are calibrated by themselves.
enum class FactGroup : uint8_t { kEmployment, kRelation, kPartnership };
inline constexpr std::string_view kFactGroups[] = {"employment", "relation", "partnership"};

// Maps what the stages say to probabilities: sigmoid(slope * logit(confidence) + offset), by group
// (Platt: Probabilistic Outputs for Support Vector Machines, 1999). Keeps the order of the facts of
// a group.
class ConfidenceCalibrator : public Stage {
 public:
  // The model `calibration`; one without labels leaves confidence as it is.
  explicit ConfidenceCalibrator(const LinearModel& model);
  const char* name() const override { return "calibrate"; }
  absl::Status Process(Document& document) const override;

 private:
  struct Line {
    float slope = 1, offset = 0;
  };
  float Calibrate(FactGroup group, float confidence) const;
  std::vector<Line> lines_;  // By group; empty without a model.
};

// A fact that was read from an article that nothing had learned from.
struct CheckedFact {
  FactGroup group = FactGroup::kRelation;
  float confidence = 0;  // As the stages say it.
  bool right = false;
};

// The bytes of the model `calibration`: by group the line that makes the facts most likely, by
// Newton's method, drawn to the identity as if by kCalibrationPrior facts.
absl::StatusOr<std::string> FitCalibration(const std::vector<CheckedFact>& facts);
inline constexpr double kCalibrationPrior = 4;

}  // namespace partnergraph
