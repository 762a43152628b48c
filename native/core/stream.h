// Where a step runs: the numbers that change from step to step, and the threads leased to the job.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/thread_pool.h"

namespace netwright {

struct StepState {
  uint64_t seed = 0;
  uint64_t step = 0;  // optimizer steps taken before this one; the first step sees 0
  float learning_rate = 0;
  std::atomic<uint32_t> non_finite{0};  // set by all_finite, gradient_norm and the optimizers
};

class Stream {
 public:
  Stream(StepState& state, ThreadLease& lease) : state_(state), lease_(lease) {}
  StepState& state() { return state_; }
  int threads() const { return lease_.threads(); }

  // Calls body(begin, end, worker) on disjoint ranges that cover [0, count); worker < threads().
  // `cost` is a rough number of nanoseconds for one item on one thread: small totals stay on the calling thread.
  // Bits may not depend on how the range is cut: an item's result is a function of the item alone.
  template <class Body>
  void parallel(int64_t count, double cost, Body&& body) {
    lease_.parallel(
        count, cost,
        [](void* context, int64_t begin, int64_t end, int worker) {
          (*static_cast<std::remove_reference_t<Body>*>(context))(begin, end, worker);
        },
        const_cast<void*>(static_cast<const void*>(&body)));
  }

 private:
  StepState& state_;
  ThreadLease& lease_;
};

}  // namespace netwright
