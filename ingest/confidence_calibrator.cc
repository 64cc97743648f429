#include "ingest/confidence_calibrator.h"

#include <algorithm>
#include <cmath>

#include "graph/schema.h"
#include "ingest/feature_hash.h"
#include "ingest/models.h"

namespace partnergraph {
namespace {

constexpr uint64_t kSlope = FeatureHash("slope").value();
constexpr uint64_t kOffset = FeatureHash("offset").value();
constexpr int kNewtonSteps = 30;
// Nothing is surer than this, or less sure than one less this.
constexpr float kSurest = 0.99f;

double Logit(float confidence) {
  const double p = std::clamp(confidence, 1 - kSurest, kSurest);
  return std::log(p / (1 - p));
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

ConfidenceCalibrator::ConfidenceCalibrator(const LinearModel& model) {
  if (model.empty()) return;
  lines_.resize(std::size(kFactGroups));
  for (size_t group = 0; group < lines_.size(); ++group) {
    const int label = model.LabelIndex(kFactGroups[group]);
    if (label < 0) continue;
    Line& line = lines_[group];
    line = {0, 0};
    const auto read = [&](uint64_t hash, float& value) {
      model.ForEach(hash, [&](uint8_t of, float weight) {
        if (of == label) value = weight;
      });
    };
    read(kSlope, line.slope);
    read(kOffset, line.offset);
  }
}

float ConfidenceCalibrator::Calibrate(FactGroup group, float confidence) const {
  const Line& line = lines_[static_cast<size_t>(group)];
  const auto p = static_cast<float>(Sigmoid(line.slope * Logit(confidence) + line.offset));
  return std::clamp(p, 1 - kSurest, kSurest);
}

absl::Status ConfidenceCalibrator::Process(Document& document) const {
  if (lines_.empty()) return absl::OkStatus();
  for (Relation& relation : document.relations) {
    relation.confidence =
        Calibrate(relation.type == kEmployedBy ? FactGroup::kEmployment : FactGroup::kRelation,
                  relation.confidence);
  }
  for (Deal& deal : document.deals) {
    deal.confidence = Calibrate(FactGroup::kPartnership, deal.confidence);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FitCalibration(const std::vector<CheckedFact>& facts) {
  LinearModelBuilder builder({std::begin(kFactGroups), std::end(kFactGroups)},
                             ModelTemplates("calibration"));
  for (size_t group = 0; group < std::size(kFactGroups); ++group) {
    double slope = 1, offset = 0;
    for (int step = 0; step < kNewtonSteps; ++step) {
      // Gradient and Hessian of the negative log likelihood with its prior.
      double gs = kCalibrationPrior * (slope - 1), go = kCalibrationPrior * offset;
      double ss = kCalibrationPrior, so = 0, oo = kCalibrationPrior;
      for (const CheckedFact& fact : facts) {
        if (fact.group != static_cast<FactGroup>(group)) continue;
        const double x = Logit(fact.confidence), p = Sigmoid(slope * x + offset);
        const double difference = p - (fact.right ? 1 : 0), w = p * (1 - p);
        gs += difference * x;
        go += difference;
        ss += w * x * x;
        so += w * x;
        oo += w;
      }
      const double determinant = ss * oo - so * so;
      slope -= (oo * gs - so * go) / determinant;
      offset -= (ss * go - so * gs) / determinant;
    }
    // Facts that were surer must stay so.
    slope = std::max(slope, 0.05);
    builder.Set(kSlope, static_cast<uint8_t>(group), static_cast<float>(slope));
    builder.Set(kOffset, static_cast<uint8_t>(group), static_cast<float>(offset));
  }
  return builder.Finish();
}

}  // namespace partnergraph
