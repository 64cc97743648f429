#include "clients/cli/exit_code.h"

namespace partnergraph::cli {

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
      return ExitCode::kUsage;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return ExitCode::kAuth;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kCancelled:
      return ExitCode::kInterrupted;
    default:
      return ExitCode::kFailed;
  }
}

const char* ExitCodeHelp() {
  return "Exit status:\n"
         "  0    ok\n"
         "  1    failed\n"
         "  2    usage: a bad option or argument\n"
         "  3    not found: no such node, fact or article\n"
         "  4    not allowed\n"
         "  5    the server cannot be reached or did not answer in time\n"
         "  6    the import ran to its end and some records were rejected\n"
         "  130  interrupted\n";
}

}  // namespace partnergraph::cli
