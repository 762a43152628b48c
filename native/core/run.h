// What a running job holds besides its session: leased threads, the step's state, and sums of metrics.
#pragma once

#include <chrono>

#include "core/session.h"
#include "core/stream.h"
#include "core/thread_pool.h"

namespace netwright {

class Session::Run {
 public:
  Run(Session& session) : lease(session.options_.threads), stream(state, lease), backend_(session.backend_) {
    state.seed = session.options_.seed;
    state.step = session.step_;
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Fills the inputs by `fill` and runs phase compute.
  template <class Fill>
  void compute(const ResolvedProgram& program, const Fill& fill) {
    if (program.times() == nullptr) {
      fill();
      backend_.run(program.begin(), program.update(), stream);
      return;
    }
    program.times()->gather_ns += nanoseconds(fill);
    run_timed(program, program.begin(), program.update());
    ++program.times()->runs;
  }
  void update(const ResolvedProgram& program) {
    if (program.times() == nullptr) return backend_.run(program.update(), program.end(), stream);
    run_timed(program, program.update(), program.end());
  }
  bool is_finite() const { return state.non_finite.load(std::memory_order_relaxed) == 0; }

  StepState state;
  ThreadLease lease;
  Stream stream;

 private:
  template <class Work>
  static double nanoseconds(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
  }
  void run_timed(const ResolvedProgram& program, const Step* first, const Step* last) {
    for (const Step* step = first; step != last; ++step)
      program.times()->ns[static_cast<size_t>(step - program.begin())] +=
          nanoseconds([&] { backend_.run(step, step + 1, stream); });
  }

  const Backend& backend_;
};

class Session::Metrics {
 public:
  explicit Metrics(const Plan& plan) {
    for (size_t id = 0; id < plan.values.size(); ++id) {
      if (plan.values[id].role != Role::metric) continue;
      values_.push_back(id);
      names_.push_back(plan.values[id].name);
    }
    sums_.resize(values_.size());
  }

  void add(const Session& session, const ResolvedProgram& program, int64_t rows) {
    for (size_t i = 0; i < values_.size(); ++i) {
      float value;
      session.backend_.download(&value, program.address(values_[i]), sizeof value);
      sums_[i] += static_cast<double>(value) * static_cast<double>(rows);
    }
    rows_ += rows;
  }

  int64_t rows() const { return rows_; }
  // Means so far, weighted by rows.
  NamedNumbers means() const {
    NamedNumbers result;
    for (size_t i = 0; i < values_.size(); ++i) result.emplace_back(names_[i], sums_[i] / static_cast<double>(rows_));
    return result;
  }

 private:
  std::vector<size_t> values_;
  std::vector<std::string> names_;
  std::vector<double> sums_;
  int64_t rows_ = 0;
};

}  // namespace netwright
