// Work on a sequence of inputs by several threads, the results handed over in the order of the
// inputs. Memory is bounded by a few inputs and results for each thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

// Calls `next` on the calling thread for inputs until it gives nullopt or an error, `work` for each
// on one of `threads` threads, and `sink` with the results on the calling thread. Returns the first
// error of `next` or `sink`, which ends the run.
//   absl::StatusOr<std::optional<Input>> next();
//   Output work(Input);
//   absl::Status sink(Output);
template <typename Input, typename Output, typename Next, typename Work, typename SinkFunction>
absl::Status RunOrdered(int threads, Next next, Work work, SinkFunction sink) {
  struct Item {
    std::optional<Input> input;
    std::optional<Output> output;
  };
  const size_t held_max = 2 * static_cast<size_t>(threads);
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Item> items;  // Guarded by mutex, save that a worker owns the item that it took.
  size_t open = 0;         // Position of the first item that nobody took.
  bool ended = false;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      std::unique_lock lock(mutex);
      while (true) {
        changed.wait(lock, [&] { return ended || open < items.size(); });
        if (open >= items.size()) return;
        Item& item = items[open++];  // Adding and removing others does not move it.
        lock.unlock();
        Output output = work(std::move(*item.input));
        lock.lock();
        item.output = std::move(output);
        item.input.reset();
        changed.notify_all();
      }
    });
  }
  absl::Status status;
  bool more = true;
  while (status.ok()) {
    bool full;
    {
      const std::lock_guard lock(mutex);
      full = items.size() >= held_max;
    }
    if (more && !full) {
      absl::StatusOr<std::optional<Input>> input = next();
      status = input.status();
      more = input.ok() && input->has_value();
      if (!more) continue;
      const std::lock_guard lock(mutex);
      items.push_back({std::move(**input), std::nullopt});
      changed.notify_all();
      continue;
    }
    std::optional<Output> output;
    {
      std::unique_lock lock(mutex);
      if (items.empty()) break;
      changed.wait(lock, [&] { return items.front().output.has_value(); });
      output = std::move(items.front().output);
      items.pop_front();
      --open;
    }
    status = sink(*std::move(output));
  }
  {
    const std::lock_guard lock(mutex);
    ended = true;
    open = items.size();  // What nobody took stays undone.
    changed.notify_all();
  }
  for (std::thread& worker : workers) worker.join();
  return status;
}

}  // namespace partnergraph
