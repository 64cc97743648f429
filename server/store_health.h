// Whether the store takes writes, by what the last write said. Thread-safe.
#pragma once

#include <functional>

#include "absl/status/status.h"

namespace partnergraph {

class StoreHealth {
 public:
  // `changed` is called with false when a write is refused because of the store, and with true when
  // one succeeds. May be called by several threads at once.
  explicit StoreHealth(std::function<void(bool writable)> changed) : changed_(std::move(changed)) {}

  // Notes how a write ended. Errors of the caller say nothing about the store.
  void Record(const absl::Status& status) const {
    if (status.ok()) {
      changed_(true);
    } else if (absl::IsUnavailable(status) || absl::IsDataLoss(status)) {
      changed_(false);
    }
  }

 private:
  const std::function<void(bool writable)> changed_;
};

}  // namespace partnergraph
