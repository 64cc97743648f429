#include "ingest/models.h"

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/confidence_calibrator.h"
#include "ingest/deal_classifier.h"
#include "ingest/name_features.h"
#include "ingest/pair_classifier.h"
#include "ingest/relation_classifier.h"
#include "ingest/sequence_tagger.h"

namespace partnergraph {
namespace {

// A model with the version of its templates.
struct ModelKind {
  std::string_view name;
  LinearModel ExtractionModels::*member;
  uint32_t templates;
};
constexpr ModelKind kKinds[] = {
    {"tagger", &ExtractionModels::tagger, 1}, {"names", &ExtractionModels::names, 1},
    {"pairs", &ExtractionModels::pairs, 1},   {"relations", &ExtractionModels::relations, 1},
    {"deals", &ExtractionModels::deals, 1},   {"calibration", &ExtractionModels::calibration, 1},
};

const ModelKind* FindKind(std::string_view name) {
  for (const ModelKind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

template <typename Names>
bool HasLabels(const LinearModel& model, const Names& names) {
  return model.labels() == std::vector<std::string>(std::begin(names), std::end(names));
}

}  // namespace

absl::Status CheckModel(std::string_view name, const LinearModel& model) {
  if (model.empty()) return absl::OkStatus();
  const uint32_t templates = ModelTemplates(name);
  if (model.templates() != templates) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the model ", std::string(name), " was trained for version ", model.templates(),
        " of its feature templates, this program has version ", templates, ": train it again"));
  }
  bool known = true;
  if (name == "tagger") {
    known = SequenceTagger::Create(model).ok();
  } else if (name == "names") {
    known = HasLabels(model, kNameLabels);
  } else if (name == "pairs") {
    known = HasLabels(model, PairModelLabels(false)) || HasLabels(model, PairModelLabels(true));
  } else if (name == "relations") {
    known = HasLabels(model, kRelationLabelNames);
  } else if (name == "deals") {
    known = HasLabels(model, DealModelLabels());
  } else if (name == "calibration") {
    known = HasLabels(model, kFactGroups);
  }
  if (known) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the model ", std::string(name),
                   " has labels that this program does not read: train it again"));
}

absl::Status CheckModels(const ExtractionModels& models) {
  for (const std::string_view name : kModelNames) {
    PG_RETURN_IF_ERROR(CheckModel(name, *FindModel(models, name)));
  }
  return absl::OkStatus();
}

uint32_t ModelTemplates(std::string_view name) {
  const ModelKind* const kind = FindKind(name);
  return kind == nullptr ? 0 : kind->templates;
}

const LinearModel* FindModel(const ExtractionModels& models, std::string_view name) {
  const ModelKind* const kind = FindKind(name);
  return kind == nullptr ? nullptr : &(models.*kind->member);
}

LinearModel* FindModel(ExtractionModels& models, std::string_view name) {
  const ModelKind* const kind = FindKind(name);
  return kind == nullptr ? nullptr : &(models.*kind->member);
}

const ExtractionModels& ShippedModels() {
  static const ExtractionModels* const models = [] {
    auto* opened = new ExtractionModels;
    for (const std::string_view name : kModelNames) {
      const std::string_view bytes = ModelFile(name);
      if (bytes.empty()) continue;
      absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
      const absl::Status status = model.ok() ? CheckModel(name, *model) : model.status();
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
