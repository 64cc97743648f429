#include "ingest/models.h"

#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"

namespace partnergraph {

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
      // The build decides what they are; a test opens each.
      if (!model.ok()) std::abort();
      *FindModel(*opened, name) = *std::move(model);
    }
    return opened;
  }();
  return *models;
}

}  // namespace partnergraph
