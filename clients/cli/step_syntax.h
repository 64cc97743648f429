// The steps of `traverse`, as text:
//
//   TYPE[,TYPE...][:DIRECTION][:KIND[,KIND...]][*TIMES]
//
//   TYPE       an edge type, or "any"
//   DIRECTION  out (from source to target), in, or both (the default)
//   KIND       kinds of the nodes to reach: COMPANY, PERSON, PRODUCT, PARTNERSHIP (default: any)
//   TIMES      how often the step is taken: 2 is twice, 1..3 is one to three times (default: once)
//
// PARTY_TO:out  PARTY_TO:in:COMPANY  any:COMPANY  PART_OF:out*0..3
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "partnergraph/v1/graph_service.pb.h"

namespace partnergraph::cli {

// Most times that a step can be taken.
inline constexpr uint32_t kStepRepeatMax = 6;

// The syntax, for --help.
extern const char kStepSyntaxHelp[];

// INVALID_ARGUMENT names the step and what is wrong with it. Words may be in lower case.
absl::StatusOr<v1::TraverseStep> ParseStep(std::string_view text);

}  // namespace partnergraph::cli
