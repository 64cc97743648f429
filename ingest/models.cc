#include "ingest/models.h"

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ingest/confidence_calibrator.h"
#include "ingest/name_features.h"
#include "ingest/pair_classifier.h"
#include "ingest/relation_classifier.h"
#include "ingest/sequence_tagger.h"

namespace partnergraph {
namespace {

template <typename Names>
bool HasLabels(const LinearModel& model, const Names& names) {
  return model.labels() == std::vector<std::string>(std::begin(names), std::end(names));
}

}  // namespace

absl::Status CheckLabels(std::string_view name, const LinearModel& model) {
  bool known = true;
  if (model.empty()) {
    return absl::OkStatus();
  } else if (name == "tagger") {
    known = SequenceTagger::Create(model).ok();
  } else if (name == "names") {
    known = HasLabels(model, kNameLabels);
  } else if (name == "pairs") {
    known = model.LabelIndex(PairLabelName(PairLabel::kNone)) >= 0;
  } else if (name == "relations") {
    known = HasLabels(model, kRelationLabelNames);
  } else if (name == "calibration") {
    known = HasLabels(model, kFactGroups);
  }
  if (known) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the model ", std::string(name),
                   " has labels that this program does not read: train it again"));
}

LinearModel* FindModel(ExtractionModels& models, std::string_view name) {
  if (name == "tagger") return &models.tagger;
  if (name == "names") return &models.names;
  if (name == "pairs") return &models.pairs;
  if (name == "relations") return &models.relations;
  if (name == "deals") return &models.deals;
  if (name == "calibration") return &models.calibration;
  return nullptr;
}

const ExtractionModels& ShippedModels() {
  static const ExtractionModels* const models = [] {
    auto* opened = new ExtractionModels;
    for (const std::string_view name : kModelNames) {
      const std::string_view bytes = ModelFile(name);
      if (bytes.empty()) continue;
      absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
      const absl::Status status = model.ok() ? CheckLabels(name, *model) : model.status();
      if (!status.ok()) {
        std::fprintf(stderr, "built-in model %s: %s\n", std::string(name).c_str(),
                     std::string(status.message()).c_str());
        std::abort();
      }
      *FindModel(*opened, name) = *std::move(model);
    }
    return opened;
  }();
  return *models;
}

}  // namespace partnergraph
