// Best time of several repetitions, alone and on several threads beside each other.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace netwright {

inline double seconds_of(const std::function<void()>& work, int64_t calls) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t call = 0; call < calls; ++call) work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Seconds of the fastest call after a first one that warms up, within about `budget` seconds and three calls at least.
inline double best_seconds(const std::function<void()>& work, double budget) {
  work();
  double best = 1e30, spent = 0;
  for (int repetition = 0; repetition < 3 || (spent < budget && repetition < 200); ++repetition) {
    const double one = seconds_of(work, 1);
    best = std::min(best, one);
    spent += one;
  }
  return best;
}

// Work per second of all threads together. Each calls make(thread) for work of its own and repeats it until all have
// measured; the fastest calls of the threads are added up. `amount` is the work of one call.
inline double best_rate(int threads, double amount, const std::function<std::function<void()>(int)>& make,
                        double budget = 0.2) {
  std::vector<double> rates(static_cast<size_t>(threads));
  std::atomic<int> ready{0}, done{0};
  std::vector<std::thread> team;
  for (int thread = 0; thread < threads; ++thread)
    team.emplace_back([&, thread] {
      const std::function<void()> work = make(thread);
      work();
      // So many calls that the clock does not count.
      const int64_t calls = std::max<int64_t>(1, static_cast<int64_t>(2e-4 / (seconds_of(work, 1) + 1e-9)));
      ++ready;
      while (ready < threads) std::this_thread::yield();
      rates[static_cast<size_t>(thread)] = amount /
                                           best_seconds(
                                               [&] {
                                                 for (int64_t call = 0; call < calls; ++call) work();
                                               },
                                               budget) *
                                           static_cast<double>(calls);
      ++done;
      while (done < threads) work();
    });
  double sum = 0;
  for (std::thread& each : team) each.join();
  for (const double rate : rates) sum += rate;
  return sum;
}

}  // namespace netwright
