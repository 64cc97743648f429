#include "clients/cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "clients/cli/exit_code.h"

namespace partnergraph::cli {
namespace {

// Lock-free atomics are safe in a signal handler.
std::atomic<bool> graceful{false};
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void OnInterrupt(int) {
  if (!graceful.load() || interrupted.exchange(true)) {
    _exit(static_cast<int>(ExitCode::kInterrupted));
  }
}

}  // namespace

void InstallInterruptHandler() {
  struct sigaction action {};
  action.sa_handler = OnInterrupt;  // Without SA_RESTART: a blocked read of standard input returns.
  sigaction(SIGINT, &action, nullptr);
}

void StopGracefullyOnInterrupt() { graceful.store(true); }

bool Interrupted() { return interrupted.load(); }

}  // namespace partnergraph::cli
