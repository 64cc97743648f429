// Programs of ours that stand in the same folder as this one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace partnergraph::cli {

// Goes on as the program `name`, with its arguments (its own name not among them), environment and
// open standard streams; returns only when that failed. FAILED_PRECONDITION, naming the
// file, when there is no such program, or when the system cannot start it.
absl::Status BecomeSibling(std::string_view name, const std::vector<std::string>& arguments);

}  // namespace partnergraph::cli
