#include "clients/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace partnergraph::cli {
namespace {

constexpr size_t kDefaultWidth = 80;

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

bool IsTerminal(int fd) { return isatty(fd) == 1 && Environment("TERM") != "dumb"; }

size_t TerminalWidth(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kDefaultWidth;
}

TextStyle StyleOf(int fd) {
  if (!IsTerminal(fd)) {
    return {};
  }
  return {Environment("NO_COLOR").empty(), TerminalWidth(fd)};
}

}  // namespace partnergraph::cli
