// The loop of a runner thread.
#include "core/runner.h"

#include "core/spin.h"

namespace netwright {

void Runner::start(std::function<void()> task) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopped_) return;
  if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  task_ = std::move(task);
  has_task_ = true;
  changed_.notify_one();
}

void Runner::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }
  std::lock_guard<std::mutex> lock(joining_);
  if (thread_.joinable()) thread_.join();
}

void Runner::loop() {
  const auto ready = [this] { return has_task_.load() || stopped_.load(); };
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, ready);
      if (!has_task_) return;
      task = std::move(task_);
      has_task_ = false;
    }
    task();
    spin_until(ready, spin_);
  }
}

}  // namespace netwright
