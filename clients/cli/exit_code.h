// What the program's exit status says. Documented in --help; scripts rely on it.
#pragma once

#include "absl/status/status.h"

namespace partnergraph::cli {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,        // A bad option or argument, found here or by the server.
  kNotFound = 3,     // No such node, fact or article.
  kAuth = 4,         // Not allowed, or not signed in.
  kUnavailable = 5,  // The server cannot be reached, or did not answer in time.
  kRejects = 6,      // The import ran to its end and some records were refused.
  kInterrupted = 130,
};

ExitCode ExitCodeOf(const absl::Status& status);

// The table of exit codes for --help.
const char* ExitCodeHelp();

}  // namespace partnergraph::cli
