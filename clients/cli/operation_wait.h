// Analyses of the whole graph from the command line: started, waited for, read.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"
#include "partnergraph/v1/operation.pb.h"

namespace partnergraph::cli {

// Waits until the operation has ended and shows on a terminal how far it is. Nothing when Ctrl-C
// was pressed: then the operation was cancelled. The error of an operation that failed or was
// cancelled by another.
absl::StatusOr<std::optional<v1::Operation>> AwaitOperation(CommandContext& context,
                                                            const std::string& operation_id);

// The operation that is named, or, when none is, one that is started, once it has succeeded.
// Nothing as above.
absl::StatusOr<std::optional<v1::Operation>> RunAnalysis(CommandContext& context,
                                                         const std::string& operation_id,
                                                         const v1::StartAnalysisRequest& request);

// Columns of a v1::NodeSummary below the pointer `prefix`.
std::vector<OutputColumn> NodeColumns(const std::string& prefix);

}  // namespace partnergraph::cli
