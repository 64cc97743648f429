// One line on a terminal that shows how far an import is. Writes nothing when it is not enabled.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace partnergraph::cli {

struct ImportProgress {
  uint64_t accepted = 0;
  uint64_t unchanged = 0;
  uint64_t rejected = 0;
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;  // 0 when it is not known.

  uint64_t articles() const { return accepted + unchanged + rejected; }
};

// "[#####-----]  50%  1200 articles  400/s  ETA 0:03  accepted 1190, unchanged 8, rejected 2";
// without the bar and the time left when the total is not known.
std::string ProgressText(const ImportProgress& progress, absl::Duration elapsed);

class ProgressBar {
 public:
  // `err` must outlive this; it is a terminal of `width` columns when `enabled`.
  ProgressBar(bool enabled, size_t width, std::ostream& err)
      : enabled_(enabled), width_(width), err_(err), start_(absl::Now()) {}
  ~ProgressBar() { Clear(); }

  // Redraws, at most ten times a second.
  void Update(const ImportProgress& progress);
  // Takes the line away, so that other text can be written.
  void Clear();

 private:
  bool enabled_;
  size_t width_;
  std::ostream& err_;
  absl::Time start_;
  absl::Time drawn_ = absl::InfinitePast();
  bool visible_ = false;
};

}  // namespace partnergraph::cli
