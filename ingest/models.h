// The trained models that ship with the program: ingest/models/*.model, built into it, so that they
// are mapped with it and shared by all processes. MODEL_CARD.md there says what each is and which
// data it learned from.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "ingest/linear_model.h"

namespace partnergraph {

// The learned parts of extraction. A model that is empty leaves its decisions to the rules. Views
// of bytes that must outlive all copies.
struct ExtractionModels {
  LinearModel tagger;       // Spans that may be names: sequence_tagger.h.
  LinearModel names;        // Which names of a document are entities: name_classifier.h.
  LinearModel pairs;        // What a sentence says of two companies: pair_classifier.h.
  LinearModel relations;    // Binary facts: relation_classifier.h.
  LinearModel deals;        // Partnerships: deal_classifier.h.
  LinearModel calibration;  // What their confidence means: confidence_calibrator.h.
};

// Those built into the program, opened once. Ends the program when one of them is no model or one
// that CheckModel refuses: the build is broken.
const ExtractionModels& ShippedModels();

// Whether the model of a name is one that this program reads: its labels and the version of its
// templates. An empty model passes. INVALID_ARGUMENT names the model, and both versions.
absl::Status CheckModel(std::string_view name, const LinearModel& model);

// CheckModel for all of them: the first that is refused, in the order of kModelNames.
absl::Status CheckModels(const ExtractionModels& models);

// The version of the templates that make a model's features (for `calibration`: of the confidence
// that it maps). Raise it in the commit that makes the features of an unchanged text others in a
// way that the old weights would read wrongly, and that brings the model trained for them; a model
// of another version is refused. 0 for a name that is none.
uint32_t ModelTemplates(std::string_view name);

// The bytes of a model by its name ("names" for names.model), for the life of the program; empty
// when the program was built without it.
std::string_view ModelFile(std::string_view name);

// Most bytes of all models together: the repository keeps every version for ever, and the program
// holds them. The trainers leave the smallest weights out to stay below it.
inline constexpr size_t kModelBytesMax = 30'000'000;

// Where the model of a name belongs in `models`; null for a name that is none.
LinearModel* FindModel(ExtractionModels& models, std::string_view name);
const LinearModel* FindModel(const ExtractionModels& models, std::string_view name);

inline constexpr std::string_view kModelNames[] = {"tagger",    "names", "pairs",
                                                   "relations", "deals", "calibration"};

}  // namespace partnergraph
