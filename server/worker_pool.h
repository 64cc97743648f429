// A fixed number of threads that run tasks in the order given. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace partnergraph {

class WorkerPool {
 public:
  // `tasks_max` bounds the tasks that wait.
  WorkerPool(size_t threads, size_t tasks_max);
  // Runs every task that was taken, then ends the threads.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Takes a task, or returns false when as many as may wait do so already. Tasks throw nothing.
  [[nodiscard]] bool Post(std::function<void()> task);

 private:
  void Run();

  const size_t tasks_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // Guarded by mutex_.
  bool stopping_ = false;                    // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

}  // namespace partnergraph
