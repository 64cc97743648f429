// The trained models that ship with the program: ingest/models/*.model, built into it, so that they
// are mapped with it and shared by all processes. MODEL_CARD.md there says what each is and which
// data it learned from.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace partnergraph {

// The bytes of a model by its name ("names" for names.model), for the life of the program; empty
// when the program was built without it.
std::string_view ModelFile(std::string_view name);

}  // namespace partnergraph
