// One pool of worker threads a process; a job leases some of them and splits work by static partition.
#pragma once

#include <cstdint>
#include <type_traits>

namespace netwright {

using RangeFunction = void (*)(void* context, int64_t begin, int64_t end, int worker);

// Threads granted to one job. With one thread (or when the pool is not to be had) everything runs on the caller.
class ThreadLease {
 public:
  explicit ThreadLease(int threads);
  ~ThreadLease();
  ThreadLease(const ThreadLease&) = delete;
  ThreadLease& operator=(const ThreadLease&) = delete;

  int threads() const { return threads_; }
  void parallel(int64_t count, double cost, RangeFunction function, void* context);

 private:
  int threads_;
  void* team_;
};

// Cores that this process may use: affinity mask and cgroup quota respected, at least 1.
int available_cores();

}  // namespace netwright
