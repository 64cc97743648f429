// The program: arguments in, exit status out.
#pragma once

#include "clients/cli/exit_code.h"

namespace partnergraph::cli {

// Data goes to standard output, everything else to standard error. Throws nothing.
ExitCode Run(int argc, char** argv);

}  // namespace partnergraph::cli
