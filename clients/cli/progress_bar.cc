#include "clients/cli/progress_bar.h"

#include <algorithm>
#include <ostream>

#include "absl/time/clock.h"
#include "clients/cli/terminal_text.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr size_t kBarWidth = 20;
constexpr absl::Duration kRedrawInterval = absl::Milliseconds(100);

}  // namespace

std::string ProgressText(const ImportProgress& progress, absl::Duration elapsed) {
  const double seconds = std::max(1e-3, absl::ToDoubleSeconds(elapsed));
  std::string bar;
  std::string time_left;
  if (progress.bytes_total > 0) {
    const double done = std::min(
        1.0, static_cast<double>(progress.bytes_done) / static_cast<double>(progress.bytes_total));
    const auto filled = static_cast<size_t>(done * kBarWidth);
    bar = fmt::format("[{}{}] {:3.0f}%  ", std::string(filled, '#'),
                      std::string(kBarWidth - filled, '-'), done * 100);
    if (done > 0) {
      const auto left = static_cast<uint64_t>(seconds / done - seconds + 0.5);
      time_left = fmt::format("  ETA {}:{:02}", left / 60, left % 60);
    }
  }
  return fmt::format("{}{} articles  {:.0f}/s{}  accepted {}, unchanged {}, rejected {}", bar,
                     progress.articles(), static_cast<double>(progress.articles()) / seconds,
                     time_left, progress.accepted, progress.unchanged, progress.rejected);
}

void ProgressBar::Update(const ImportProgress& progress) {
  const absl::Time now = absl::Now();
  if (!enabled_ || now - drawn_ < kRedrawInterval) {
    return;
  }
  drawn_ = now;
  visible_ = true;
  std::string text = ProgressText(progress, now - start_);
  text.resize(std::min(text.size(), width_ > 1 ? width_ - 1 : text.size()));
  err_ << "\r\x1b[K" << text << std::flush;
}

void ProgressBar::Clear() {
  if (visible_) {
    err_ << "\r\x1b[K" << std::flush;
    visible_ = false;
  }
}

}  // namespace partnergraph::cli
