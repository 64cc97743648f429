// What a file descriptor is connected to.
#pragma once

#include <cstddef>

#include "clients/cli/table.h"

namespace partnergraph::cli {

// A terminal that understands more than plain text (TERM is not "dumb").
bool IsTerminal(int fd);

// Columns; 80 when the terminal does not say.
size_t TerminalWidth(int fd);

// Color and width for a terminal, plain for everything else. No color with NO_COLOR set.
TextStyle StyleOf(int fd);

}  // namespace partnergraph::cli
