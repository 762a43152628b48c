// Workers that are there before anything is counted: a thread that starts allocates.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "core/thread_pool.h"

namespace netwright {

// Keeps the pool, in which `threads` - 1 workers have begun, for as long as the result is held.
inline std::shared_ptr<void> started_workers(int threads) {
  std::shared_ptr<void> pool = retain_thread_pool();
  ThreadLease lease(threads);
  struct {
    std::atomic<int64_t> begun{0};
    int64_t expected;
  } all;
  all.expected = lease.threads();
  // Each part waits for all the others, so that none can be taken back by the caller.
  lease.parallel(
      all.expected, 1e9,
      [](void* context, int64_t begin, int64_t end, int) {
        auto& parts = *static_cast<decltype(all)*>(context);
        parts.begun.fetch_add(end - begin);
        while (parts.begun.load() < parts.expected) std::this_thread::yield();
      },
      &all);
  return pool;
}

}  // namespace netwright
