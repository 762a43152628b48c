// Leases of the thread pool: coverage, nesting, many at once, exceptions, and the end of the pool.
#include "core/thread_pool.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "check.h"
#include "core/stream.h"

using namespace netwright;

constexpr double kCostly = 1e6;  // nanoseconds an item: always worth a thread

struct Job {
  explicit Job(int threads) : lease(threads), stream(state, lease) {}
  StepState state;
  ThreadLease lease;
  Stream stream;
};

static void every_item_is_visited_once() {
  for (int threads : {1, 2, 3, 7}) {
    Job job(threads);
    CHECK(job.stream.threads() == threads);
    for (int64_t count : {0, 1, 2, 5, 100, 1001}) {
      std::vector<int> visits(static_cast<size_t>(count), 0);
      std::atomic<bool> worker_in_range{true};
      job.stream.parallel(count, kCostly, [&](int64_t begin, int64_t end, int worker) {
        if (worker < 0 || worker >= threads) worker_in_range = false;
        for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
      });
      bool once = true;
      for (int visit : visits) once = once && visit == 1;
      CHECK(once && worker_in_range);
    }
  }
}

static void work_really_runs_on_other_threads() {
  Job job(3);
  std::vector<std::thread::id> ids(3);
  std::atomic<int> arrived{0};
  job.stream.parallel(3, kCostly, [&](int64_t begin, int64_t, int) {
    ids[static_cast<size_t>(begin)] = std::this_thread::get_id();
    ++arrived;
    // Ends only when all three are here at the same time.
    while (arrived < 3) std::this_thread::yield();
  });
  CHECK(ids[0] == std::this_thread::get_id());
  CHECK(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
}

static void small_work_stays_on_the_caller() {
  Job job(4);
  int calls = 0;
  std::thread::id where;
  job.stream.parallel(1000, 1.0, [&](int64_t begin, int64_t end, int worker) {
    ++calls;
    where = std::this_thread::get_id();
    CHECK(begin == 0 && end == 1000 && worker == 0);
  });
  CHECK(calls == 1 && where == std::this_thread::get_id());
}

static void workers_wake_from_sleep() {
  Job job(3);
  std::atomic<int64_t> sum{0};
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    job.stream.parallel(30, kCostly, [&](int64_t begin, int64_t end, int) { sum += end - begin; });
  }
  CHECK(sum == 150);
}

// The caller does what a worker has not begun: pauses of all lengths around the time of waking find each order.
static void parts_are_done_once_whoever_does_them() {
  Job job(4);
  bool once = true, in_range = true;
  for (int round = 0; round < 400; ++round) {
    std::this_thread::sleep_for(std::chrono::microseconds(round % 100));
    std::vector<std::atomic<int>> visits(9);
    std::atomic<bool> fits{true};
    job.stream.parallel(9, kCostly, [&](int64_t begin, int64_t end, int worker) {
      if (worker < 0 || worker >= 4) fits = false;
      for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
    });
    for (const std::atomic<int>& visit : visits) once = once && visit == 1;
    in_range = in_range && fits;
  }
  CHECK(once && in_range);
}

static void callers_wait_for_slow_workers() {
  Job job(2);
  std::atomic<bool> begun{false}, done{false};
  job.stream.parallel(2, kCostly, [&](int64_t begin, int64_t, int) {
    if (begin == 0) {
      // Not before the other item has begun, or the caller would do it.
      while (!begun) std::this_thread::yield();
      return;
    }
    begun = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    done = true;
  });
  CHECK(done);
}

// The caller is done at once and takes over items while workers begin theirs: each must run once, and what belongs to a
// worker (its workspace) must never be in the hands of two threads.
static void items_run_once_whoever_runs_them() {
  for (int threads : {2, 3, 5}) {
    Job job(threads);
    const int64_t items = 3 * threads;
    std::vector<int> runs(static_cast<size_t>(items), 0);
    std::vector<int> workspace(static_cast<size_t>(threads), 0);  // not atomic: ThreadSanitizer sees a second owner
    bool whole = true;
    const int rounds = 2000;
    for (int round = 0; round < rounds; ++round) {
      job.stream.parallel(items, kCostly, [&](int64_t begin, int64_t end, int worker) {
        int& mine = workspace[static_cast<size_t>(worker)];
        for (int64_t i = begin; i < end; ++i) {
          ++mine;
          ++runs[static_cast<size_t>(i)];
        }
      });
      int sum = 0;
      for (int& mine : workspace) sum += std::exchange(mine, 0);
      whole = whole && sum == items;
    }
    CHECK(whole);
    CHECK(runs == std::vector<int>(static_cast<size_t>(items), rounds));
  }
}

// A thread that is held up keeps the item that it has begun; the others do the rest of its share.
static void slow_threads_are_helped() {
  for (bool caller_is_slow : {false, true}) {
    Job job(3);
    std::atomic<int> done{0};
    std::atomic<bool> was_helped{true};
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    job.stream.parallel(36, kCostly, [&](int64_t begin, int64_t last, int) {
      const bool is_slow = caller_is_slow ? begin == 0 : begin == 12;
      // A whole share at once leaves nothing to help with.
      if (last - begin >= 12) was_helped = false;
      // Goes on only when all others are done, which they can only be by doing what stands behind this one.
      while (is_slow && done < 36 - (last - begin)) {
        if (std::chrono::steady_clock::now() > end) was_helped = false;
        if (!was_helped) break;
        std::this_thread::yield();
      }
      done += static_cast<int>(last - begin);
    });
    CHECK(done == 36 && was_helped);
  }
}

static void nested_calls_run_where_they_are() {
  Job job(3);
  std::atomic<int64_t> sum{0};
  std::atomic<bool> same_worker{true};
  job.stream.parallel(6, kCostly, [&](int64_t begin, int64_t end, int outer) {
    for (int64_t i = begin; i < end; ++i) {
      job.stream.parallel(10, kCostly, [&](int64_t first, int64_t last, int inner) {
        if (inner != outer) same_worker = false;
        sum += last - first;
      });
      // A lease of its own inside a body: no deadlock, and its workers count from 0.
      Job other(2);
      other.stream.parallel(10, kCostly, [&](int64_t first, int64_t last, int inner) {
        if (inner >= other.stream.threads()) same_worker = false;
        sum += last - first;
      });
    }
  });
  CHECK(sum == 120 && same_worker);
}

static void errors_arrive_at_the_caller_and_the_lease_goes_on() {
  Job job(3);
  for (int64_t bad : {0, 1, 2}) {
    bool caught = false;
    std::atomic<int> ended{0};
    try {
      job.stream.parallel(3, kCostly, [&](int64_t begin, int64_t, int) {
        if (begin == bad) throw std::runtime_error("broken");
        ++ended;
      });
    } catch (const std::runtime_error&) {
      caught = true;
    }
    CHECK(caught && ended == 2);
  }
  std::atomic<int64_t> sum{0};
  job.stream.parallel(9, kCostly, [&](int64_t begin, int64_t end, int) { sum += end - begin; });
  CHECK(sum == 9);
}

static void many_jobs_run_at_once() {
  const auto keep = retain_thread_pool();
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> jobs;
  for (int j = 0; j < 8; ++j)
    jobs.emplace_back([&sum, j] {
      for (int round = 0; round < 20; ++round) {
        Job job(j % 4);  // 0 asks for a fair share
        for (int step = 0; step < 10; ++step)
          job.stream.parallel(16, kCostly, [&](int64_t begin, int64_t end, int) { sum += end - begin; });
      }
    });
  for (std::thread& job : jobs) job.join();
  CHECK(sum == 8 * 20 * 10 * 16);
}

static void jobs_beside_each_other_share_the_cores() {
  const int cores = available_cores();
  CHECK(cores >= 1);
  Job first(0);
  CHECK(first.stream.threads() == cores);
  Job second(0), third(5);
  CHECK(second.stream.threads() == 1);
  CHECK(third.stream.threads() == 1);
}

static void results_do_not_depend_on_the_number_of_threads() {
  const auto compute = [](int threads) {
    Job job(threads);
    std::vector<float> result(1000);
    job.stream.parallel(1000, kCostly, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) result[static_cast<size_t>(i)] = 1.0f / static_cast<float>(i + 1);
    });
    return result;
  };
  const auto alone = compute(1);
  CHECK(alone == compute(2) && alone == compute(3));
}

int main() {
  jobs_beside_each_other_share_the_cores();
  every_item_is_visited_once();
  work_really_runs_on_other_threads();
  small_work_stays_on_the_caller();
  workers_wake_from_sleep();
  parts_are_done_once_whoever_does_them();
  callers_wait_for_slow_workers();
  items_run_once_whoever_runs_them();
  slow_threads_are_helped();
  nested_calls_run_where_they_are();
  errors_arrive_at_the_caller_and_the_lease_goes_on();
  many_jobs_run_at_once();
  results_do_not_depend_on_the_number_of_threads();
  return checks.report();
}
