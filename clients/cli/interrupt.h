// Ctrl-C. Until a command asks for a graceful stop it ends the program at once, with status 130;
// afterwards the first one only raises a flag, and the second ends the program.
#pragma once

namespace partnergraph::cli {

// Once, before other threads start.
void InstallInterruptHandler();

void StopGracefullyOnInterrupt();

// Whether Ctrl-C was pressed since StopGracefullyOnInterrupt().
bool Interrupted();

}  // namespace partnergraph::cli
