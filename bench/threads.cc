// Times parallel regions, back to back and after gaps: how long until every thread runs, the whole of a region without
// work, and of one with 10 us for each thread. Prints nanoseconds.
//
// Without work every part waits for the others, since the caller does what no worker has begun.
//
// Built with -DNETWRIGHT_TESTS=ON. Arguments: threads (default 2).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/stream.h"

namespace netwright {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kCostly = 1e9;  // nanoseconds an item: always worth a thread

double nanoseconds(Clock::duration time) { return std::chrono::duration<double, std::nano>(time).count(); }

// The caller's own work between two regions.
void work_for(int microseconds) {
  const auto end = Clock::now() + std::chrono::microseconds(microseconds);
  while (Clock::now() < end) {
  }
}

// Returns when all threads have called it.
void meet(std::atomic<int>& running, int threads) {
  ++running;
  while (running.load() < threads) {
  }
}

void print(const char* what, int gap, std::vector<double>& times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](double part) { return times[static_cast<size_t>(part * static_cast<double>(times.size() - 1))]; };
  std::printf("%-14s %4d us gap: fastest %7.0f  median %7.0f  p90 %7.0f  p99 %8.0f ns\n", what, gap, at(0), at(0.5),
              at(0.9), at(0.99));
}

struct alignas(64) Arrival {
  Clock::time_point at;
};

void time_regions(Stream& stream, int gap) {
  const int regions = gap > 50 ? 3000 : 20000;
  std::vector<double> starts, wholes, works;
  std::vector<Arrival> arrivals(static_cast<size_t>(stream.threads()));
  std::atomic<int> running{0};
  for (int i = 0; i < regions; ++i) {
    if (gap > 0) work_for(gap);
    const Clock::time_point start = Clock::now();
    stream.parallel(stream.threads(), kCostly, [&](int64_t begin, int64_t, int) {
      arrivals[static_cast<size_t>(begin)].at = Clock::now();
      meet(running, stream.threads());
    });
    wholes.push_back(nanoseconds(Clock::now() - start));
    double last = 0;
    for (const Arrival& arrival : arrivals) last = std::max(last, nanoseconds(arrival.at - start));
    starts.push_back(last);
    running = 0;
    if (gap > 0) work_for(gap);
    const Clock::time_point begin_work = Clock::now();
    stream.parallel(stream.threads(), kCostly, [](int64_t, int64_t, int) { work_for(10); });
    works.push_back(nanoseconds(Clock::now() - begin_work));
  }
  print("all run", gap, starts);
  print("whole region", gap, wholes);
  print("with 10 us", gap, works);
}

// The mean over many regions, best of several.
void time_back_to_back(Stream& stream) {
  constexpr int kRegions = 10000;
  double best = 1e30;
  std::atomic<int> running{0};
  for (int repetition = 0; repetition < 20; ++repetition) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < kRegions; ++i) {
      stream.parallel(stream.threads(), kCostly, [&](int64_t, int64_t, int) { meet(running, stream.threads()); });
      running = 0;
    }
    best = std::min(best, nanoseconds(Clock::now() - start) / kRegions);
  }
  std::printf("back to back: %.0f ns a region\n", best);
}

int run(int threads) {
  StepState state;
  ThreadLease lease(threads);
  Stream stream(state, lease);
  std::printf("%d threads, %d cores\n", stream.threads(), available_cores());
  time_back_to_back(stream);
  for (int gap : {0, 5, 20, 100}) time_regions(stream, gap);
  return 0;
}

}  // namespace
}  // namespace netwright

int main(int argc, char** argv) { return netwright::run(argc > 1 ? std::atoi(argv[1]) : 2); }
