#include "absl/synchronization/mutex.h"
#include "clients/cli/cli.h"

int main(int argc, char** argv) {
  // As the server does: a client that measures should cost no more than it must.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return static_cast<int>(partnergraph::cli::Run(argc, argv));
}
