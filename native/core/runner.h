// A thread of its own for the jobs of one session, started with the first job and kept for the next ones.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace netwright {

class Runner {
 public:
  // After a task the thread waits on its core for this long before it sleeps: the next job often follows at once.
  explicit Runner(std::chrono::nanoseconds spin = std::chrono::nanoseconds(0)) : spin_(spin) {}
  ~Runner() { stop(); }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // Runs `task`, which must not throw, on the thread; the last one must have been finished or nearly so.
  // Throws std::system_error when the system gives no thread. After stop() tasks are dropped.
  void start(std::function<void()> task);

  // Waits for the running task and ends the thread. From any thread but the runner's own, more than once if need be.
  void stop();

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> task_;
  std::atomic<bool> has_task_{false};  // both change under the lock only
  std::atomic<bool> stopped_{false};
  const std::chrono::nanoseconds spin_;
  std::mutex joining_;
  std::thread thread_;
};

}  // namespace netwright
