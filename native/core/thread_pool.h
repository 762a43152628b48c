// One pool of worker threads a process; a job leases some of them and splits work evenly; who ends early
// helps the others.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "core/denormals.h"

namespace netwright {

using RangeFunction = void (*)(void* context, int64_t begin, int64_t end, int worker);

// Threads granted to one job: the caller and workers of the pool. A lease is used by the thread that made it.
class ThreadLease {
 public:
  // Asks for `threads` in all, 0 for a fair share of the cores. A job that is alone gets what it asks for; beside other
  // jobs it gets at most the cores that these leave, and at least the calling thread.
  explicit ThreadLease(int threads);
  ~ThreadLease();
  ThreadLease(const ThreadLease&) = delete;
  ThreadLease& operator=(const ThreadLease&) = delete;

  int threads() const { return threads_; }
  // See Stream::parallel. A call from inside a body runs at once on the thread that makes it. What a body throws
  // arrives here after all parts have ended.
  void parallel(int64_t count, double cost, RangeFunction function, void* context);

 private:
  FlushDenormals flush_denormals_;  // of the calling thread, as workers do: an item's bits depend on no thread
  int threads_;
  void* team_;
};

// Keeps the workers from ending between leases; whoever makes leases often holds one.
std::shared_ptr<void> retain_thread_pool();

// Cores that this process may use: affinity mask and cgroup quota respected, at least 1.
int available_cores();

}  // namespace netwright
