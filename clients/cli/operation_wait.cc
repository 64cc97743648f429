#include "clients/cli/operation_wait.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cli/interrupt.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr absl::Duration kPollMin = absl::Milliseconds(20);
constexpr absl::Duration kPollMax = absl::Milliseconds(500);

// One line on a terminal, redrawn.
class OperationLine {
 public:
  explicit OperationLine(bool enabled) : enabled_(enabled) {}
  ~OperationLine() { Write(""); }

  void Show(const v1::Operation& operation) {
    Write(operation.state() == v1::OPERATION_STATE_WAITING
              ? "waiting for other operations"
              : fmt::format("{} {:.0f}%", operation.phase(), 100 * operation.progress()));
  }

 private:
  void Write(const std::string& text) const {
    if (enabled_) std::cerr << "\r\x1b[K" << text << std::flush;
  }

  const bool enabled_;
};

}  // namespace

absl::StatusOr<std::optional<v1::Operation>> AwaitOperation(CommandContext& context,
                                                            const std::string& operation_id) {
  StopGracefullyOnInterrupt();
  OperationLine line(!context.talk.json() && isatty(STDERR_FILENO) == 1);
  v1::GetOperationRequest request;
  request.set_operation_id(operation_id);
  for (absl::Duration pause = kPollMin;; pause = std::min(2 * pause, kPollMax)) {
    CLIENT_ASSIGN_OR_RETURN(const v1::GetOperationResponse response,
                            context.client.GetOperation(request));
    const v1::Operation& operation = response.operation();
    switch (operation.state()) {
      case v1::OPERATION_STATE_SUCCEEDED:
        return std::optional<v1::Operation>(operation);
      case v1::OPERATION_STATE_FAILED:
        return absl::Status(static_cast<absl::StatusCode>(operation.error_code()),
                            operation.error_message());
      case v1::OPERATION_STATE_CANCELLED:
        return absl::CancelledError(
            fmt::format("operation {} was cancelled", operation.operation_id()));
      default:
        break;
    }
    if (Interrupted()) {
      v1::CancelOperationRequest cancel;
      cancel.set_operation_id(operation_id);
      CLIENT_RETURN_IF_ERROR(context.client.CancelOperation(cancel).status());
      return std::optional<v1::Operation>();
    }
    line.Show(operation);
    absl::SleepFor(pause);
  }
}

absl::StatusOr<std::optional<v1::Operation>> RunAnalysis(CommandContext& context,
                                                         const std::string& operation_id,
                                                         const v1::StartAnalysisRequest& request) {
  if (!operation_id.empty()) return AwaitOperation(context, operation_id);
  CLIENT_ASSIGN_OR_RETURN(const v1::StartAnalysisResponse started,
                          context.client.StartAnalysis(request));
  return AwaitOperation(context, started.operation().operation_id());
}

std::vector<OutputColumn> NodeColumns(const std::string& prefix) {
  return {{"node_id", prefix + "/node_id", Align::kRight, true, "NODE"},
          {"kind", prefix + "/kind"},
          {"name", prefix + "/name"}};
}

}  // namespace partnergraph::cli
