// Workers that spin briefly and then sleep, the pool that owns them, and leases on them.
#include "core/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/cores.h"
#include "core/denormals.h"
#include "core/spin.h"

namespace netwright {

namespace {

constexpr int kMostThreads = 256;
constexpr size_t kCacheLine = 64;
// A worker that still spins takes over in under a microsecond, one that sleeps in 10 to 50: a part is worth about that.
constexpr double kSmallestPartNs = 10000;
constexpr std::chrono::nanoseconds kSpin{50000};
// A part is begun in so many steps at most, each of which takes about kSmallestStepNs at least: what a slower core has
// not begun is done by a faster one.
constexpr double kMostSteps = 4;
constexpr double kSmallestStepNs = 10000;

class Worker;
class Pool;

// Items of a part that nobody has begun. Its own thread takes from it, and then threads that have none left.
struct Share {
  std::atomic<int64_t> next{0};
  int64_t end = 0, step = 1;

  void fill(int64_t first, int64_t last, int64_t items) {
    next.store(first, std::memory_order_relaxed);
    end = last;
    step = items;
  }

  // What an item computes is handed to the caller when its thread has ended; only who takes it is decided here.
  bool take(int64_t& first, int64_t& last) {
    if (next.load(std::memory_order_relaxed) >= end) return false;
    first = next.fetch_add(step, std::memory_order_relaxed);
    last = std::min(first + step, end);
    return first < end;
  }
};

struct Team {
  std::shared_ptr<Pool> pool;
  std::vector<Worker*> workers;  // worker i of the lease is workers[i - 1]
  std::chrono::nanoseconds spin{0};
  RangeFunction function = nullptr;
  void* context = nullptr;
  int parts = 0;
  std::vector<Share*> shares;  // of each worker of the lease
  alignas(kCacheLine) Share own;

  std::exception_ptr run(int worker) const;
};

// The team for which this thread is running a part, so that nested calls stay where they are.
thread_local const Team* current_team = nullptr;
thread_local int current_part = 0;

class PartScope {
 public:
  PartScope(const Team* team, int part) : team_(current_team), part_(current_part) {
    current_team = team;
    current_part = part;
  }
  ~PartScope() {
    current_team = team_;
    current_part = part_;
  }
  PartScope(const PartScope&) = delete;
  PartScope& operator=(const PartScope&) = delete;

 private:
  const Team* team_;
  int part_;
};

// All of the worker's own share, then what is left of others'. Gives the first error of the items that it ran.
std::exception_ptr Team::run(int worker) const {
  const PartScope scope(this, worker);
  std::exception_ptr error;
  for (int i = 0; i < parts; ++i) {
    Share& share = *shares[static_cast<size_t>((worker + i) % parts)];
    int64_t first = 0, last = 0;
    while (share.take(first, last)) {
      try {
        function(context, first, last, worker);
      } catch (...) {
        if (!error) error = std::current_exception();
      }
    }
  }
  return error;
}

// A caller and its worker each set a flag and then read the other's, and one of them must see what the other set. These
// flags are set by exchange: emulators of arm64 (QEMU up to 7.2 at least) let a store pass a later load, and then both
// sleep for ever. On x86 it is the same instruction, and on arm64 a part costs far more.
class Worker {
 public:
  Worker() : thread_([this] { loop(); }) {}
  ~Worker() {
    stop_.exchange(true);
    wake();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Share& share() { return share_; }

  void start(const Team* team, int part) {
    part_ = part;
    done_.store(false, std::memory_order_relaxed);
    spin_ns_.store(team->spin.count(), std::memory_order_relaxed);
    team_.exchange(team);
    if (sleeping_.load()) wake();
  }

  // True when the worker has not begun: then it never will, and the caller has done its share.
  bool take_back() {
    if (team_.exchange(nullptr) == nullptr) return false;
    done_.store(true);
    return true;
  }

  // Until the worker has ended or was taken back; gives what was thrown there.
  std::exception_ptr wait(std::chrono::nanoseconds spin) {
    const auto done = [this] { return done_.load(); };
    if (!spin_until(done, spin)) {
      std::unique_lock<std::mutex> lock(mutex_);
      awaited_.exchange(true);
      finished_.wait(lock, done);
      awaited_.store(false);
    }
    return std::exchange(error_, nullptr);
  }

 private:
  void wake() {
    // The lock orders this after the sleeper's own check of its condition.
    std::lock_guard<std::mutex> lock(mutex_);
    posted_.notify_one();
  }

  void loop() {
    const FlushDenormals flush_denormals;
    for (;;) {
      const auto ready = [this] { return team_.load() != nullptr || stop_.load(); };
      if (!spin_until(ready, std::chrono::nanoseconds(spin_ns_.load(std::memory_order_relaxed)))) {
        std::unique_lock<std::mutex> lock(mutex_);
        sleeping_.exchange(true);
        posted_.wait(lock, ready);
        sleeping_.store(false);
      }
      const Team* team = team_.exchange(nullptr);
      if (team == nullptr) {
        if (stop_.load()) return;
        continue;
      }
      error_ = team->run(part_);
      // From here on the team may be gone.
      done_.exchange(true);
      if (awaited_.load()) {
        std::lock_guard<std::mutex> lock(mutex_);
        finished_.notify_one();
      }
    }
  }

  // On one line with its share, which the worker takes with it.
  alignas(kCacheLine) std::atomic<const Team*> team_{
      nullptr};                   // set by the caller, cleared by the worker that begins or by take_back()
  std::atomic<bool> done_{true};  // false from start() until the worker has ended or was taken back
  std::atomic<bool> stop_{false}, sleeping_{false}, awaited_{false};
  std::atomic<int64_t> spin_ns_{0};
  int part_ = 0;
  Share share_;
  std::exception_ptr error_;
  std::mutex mutex_;
  std::condition_variable posted_, finished_;
  std::thread thread_;  // last, so that it sees the rest constructed
};

class Pool {
 public:
  std::vector<Worker*> take(int requested, int& granted) {
    std::lock_guard<std::mutex> lock(mutex_);
    const int cores = available_cores();
    const int left = std::max(cores - in_use_, 1);
    if (requested <= 0) requested = std::min(std::max(cores / (leases_ + 1), 1), left);
    if (leases_ > 0) requested = std::min(requested, left);
    granted = std::min(requested, kMostThreads);
    std::vector<Worker*> taken;
    while (static_cast<int>(taken.size()) < granted - 1 && provide()) {
      taken.push_back(idle_.back());
      idle_.pop_back();
    }
    granted = static_cast<int>(taken.size()) + 1;
    in_use_ += granted;
    ++leases_;
    return taken;
  }

  void give_back(const std::vector<Worker*>& workers) {
    std::lock_guard<std::mutex> lock(mutex_);
    idle_.insert(idle_.end(), workers.begin(), workers.end());
    in_use_ -= static_cast<int>(workers.size()) + 1;
    --leases_;
  }

 private:
  // Makes sure that there is an idle worker; false where the system gives no more threads.
  bool provide() {
    if (!idle_.empty()) return true;
    try {
      idle_.reserve(workers_.size() + 1);
      workers_.push_back(std::make_unique<Worker>());
      idle_.push_back(workers_.back().get());
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;
  int in_use_ = 0;  // threads of all leases, callers included
  int leases_ = 0;
};

std::shared_ptr<Pool> shared_pool() {
  // Never destroyed: a thread may still hold a lease while the process ends.
  static std::mutex& mutex = *new std::mutex;
  static std::weak_ptr<Pool>& current = *new std::weak_ptr<Pool>;
  std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<Pool> pool = current.lock();
  if (!pool) {
    pool = std::make_shared<Pool>();
    current = pool;
  }
  return pool;
}

}  // namespace

int available_cores() {
  static const int cores = detect_cores();
  return cores;
}

std::shared_ptr<void> retain_thread_pool() { return shared_pool(); }

ThreadLease::ThreadLease(int threads) : threads_(1) {
  auto team = std::make_unique<Team>();
  team->pool = shared_pool();
  team->workers = team->pool->take(threads, threads_);
  // Spinning helps only while every thread has a core of its own.
  if (threads_ <= available_cores()) team->spin = kSpin;
  team->shares.push_back(&team->own);
  for (Worker* worker : team->workers) team->shares.push_back(&worker->share());
  team_ = team.release();
}

ThreadLease::~ThreadLease() {
  std::unique_ptr<Team> team(static_cast<Team*>(team_));
  team->pool->give_back(team->workers);
}

void ThreadLease::parallel(int64_t count, double cost, RangeFunction function, void* context) {
  if (count <= 0) return;
  Team& team = *static_cast<Team*>(team_);
  const double worthwhile =
      std::min(cost * static_cast<double>(count) / kSmallestPartNs, static_cast<double>(threads_));
  const int parts = static_cast<int>(std::min<int64_t>(count, static_cast<int64_t>(worthwhile)));
  if (current_team != nullptr || parts <= 1) {
    function(context, 0, count, current_team == &team ? current_part : 0);
    return;
  }
  team.function = function;
  team.context = context;
  team.parts = parts;
  const double part_ns = cost * static_cast<double>(count) / parts;
  const int64_t steps = static_cast<int64_t>(std::clamp(part_ns / kSmallestStepNs, 1.0, kMostSteps));
  for (int part = 0; part < parts; ++part) {
    const int64_t first = count * part / parts, last = count * (part + 1) / parts;
    team.shares[static_cast<size_t>(part)]->fill(first, last, (last - first + steps - 1) / steps);
  }
  for (int part = 1; part < parts; ++part) team.workers[static_cast<size_t>(part - 1)]->start(&team, part);
  std::exception_ptr error = team.run(0);
  for (int part = 1; part < parts; ++part) {
    // One that sleeps takes longer to wake than many a part takes: all has been done without it.
    Worker& worker = *team.workers[static_cast<size_t>(part - 1)];
    if (worker.take_back()) continue;
    const std::exception_ptr thrown = worker.wait(team.spin);
    if (!error) error = thrown;
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace netwright
