// A session: one set of parameters with its programs, and the jobs that run on it. One job at a time.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dataset.h"
#include "core/program.h"

namespace netwright {

// A loss, gradient or parameter that is no longer a finite number.
class NonFiniteError : public Error {
 public:
  NonFiniteError(const std::string& message, uint64_t step, std::string layer, std::string what)
      : Error("NON_FINITE", message), step(step), layer(std::move(layer)), what_failed(std::move(what)) {}
  uint64_t step;            // good steps before the one that failed
  std::string layer;        // first layer whose values were not finite, or the parameter's name
  std::string what_failed;  // "loss", "gradient" or "parameter"
};

struct SessionOptions {
  std::array<std::shared_ptr<const Plan>, kModes> plans;  // by Mode; null where there is none
  uint64_t seed = 0;
  int threads = 0;  // 0: as many as there are cores
  Isa isa = Isa::scalar;
  bool use_blas = false;
  bool profile = false;  // measure every kernel call
};

using NamedNumbers = std::vector<std::pair<std::string, double>>;

struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> data;  // in the user's order
};

// Distorts the rows of an input of images, every row anew in each epoch.
struct Augment {
  std::string input;
  AffineRange range;
};

struct EpochJob {
  std::shared_ptr<const Dataset> dataset;
  int64_t batch_size = 0;
  std::vector<float> learning_rates;  // one per step; their number is the number of steps
  uint64_t epoch = 0;
  bool shuffle = false;
  double tick_ms = 100;
  std::optional<Augment> augment = {};
};

struct Tick {
  int64_t step = 0;  // steps of this job so far
  int64_t rows = 0;
  NamedNumbers metrics;  // means so far
};

struct EpochResult {
  int64_t steps = 0;
  int64_t rows = 0;
  double seconds = 0;
  NamedNumbers metrics;  // of role metric, means weighted by rows
  bool cancelled = false;
};

struct RowsJob {
  std::shared_ptr<const Dataset> dataset;
  int64_t batch_size = 0;
};

struct EvaluateResult {
  int64_t rows = 0;
  NamedNumbers metrics;
};

struct ExecuteInput {
  std::string name;
  DType dtype = DType::float32;
  std::vector<uint32_t> data;  // bits of the elements, in the user's order
};

struct ExecuteJob {
  Mode mode = Mode::predict;
  int64_t batch = 1;
  std::vector<ExecuteInput> inputs;
  int64_t step = -1;  // -1: the session's own
  float learning_rate = 0;
  bool update = false;
};

class Session {
 public:
  // Verifies the plans, lays out arenas and draws initial values.
  explicit Session(SessionOptions options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // One job at a time: who starts a job on another thread calls begin_job() before and end_job() after. Between them
  // everything below but cancel() throws Error("BUSY").
  void begin_job();
  void end_job() { busy_.store(false); }
  void check_idle() const;
  // The running job ends after its current step. A job that begins later is not touched.
  void cancel() { cancelled_.store(true); }

  // Jobs block until they are done.
  EpochResult run_epoch(const EpochJob& job, const std::function<void(Tick)>& on_tick = {});
  EvaluateResult evaluate(const RowsJob& job);           // throws Error("CANCELLED")
  std::vector<NamedTensor> predict(const RowsJob& job);  // throws Error("CANCELLED")
  std::vector<NamedTensor> execute(const ExecuteJob& job);

  // Nanoseconds that predict(job) will take if its batches take what they took last; infinite when one is new.
  double expected_ns(const RowsJob& job) const;
  // A copy of rows for the only input of the plan to predict. Throws Error("DATA") when the count does not fit.
  std::shared_ptr<const Dataset> input_rows(const float* data, size_t count, int64_t rows) const;

  // Values of roles param, state, grad and slot, by name.
  const std::vector<PlanValue>& names() const { return names_; }
  const PlanValue& find(const std::string& name) const;
  std::vector<float> read(const PlanValue& value) const;
  void write(const PlanValue& value, const std::vector<float>& data);

  // Copies of parameters and states; "last" holds the optimizer's slots and the step counter too.
  void snapshot(const std::string& key);
  void restore(const std::string& key);

  uint64_t step() const { return step_; }
  void set_step(uint64_t step) {
    step_ = step;
    last_is_outdated_ = true;
  }

  std::shared_ptr<const Program> program(Mode mode, int64_t batch);
  // Times of the programs that are still kept, when the options asked for them.
  std::vector<ProgramProfile> profile() const;
  size_t bytes() const;  // of all arenas
  int threads() const { return target_.max_threads; }
  Isa isa() const { return target_.isa; }

 private:
  struct Snapshot {
    std::vector<char> param, state, slot;
    uint64_t step = 0;
  };
  class Run;      // what a job needs besides the session: leased threads, step state, stream
  class Metrics;  // sums of role-metric values

  const Plan& plan(Mode mode) const;
  void add_names(const Plan& plan);
  void initialize();
  std::shared_ptr<ResolvedProgram> find_program(Mode mode, int64_t batch);
  std::vector<std::shared_ptr<ResolvedProgram>> prepare(Mode mode, std::initializer_list<int64_t> batches);
  void resolve(ResolvedProgram& program) const;
  void fill(const ResolvedProgram& program, const Feed& feed, const BatchRows& rows, Stream& stream) const;
  template <class Fill>
  void train_step(ResolvedProgram& program, Run& run, const Fill& fill);
  template <class Visit>
  void each_batch(Mode mode, const RowsJob& job, const Visit& visit);
  void download(const ResolvedProgram& program, size_t value, float* user) const;
  void fill_inputs(const ResolvedProgram& program, const ExecuteJob& job) const;
  void check_cancelled() const;
  [[noreturn]] void fail_compute(const ResolvedProgram& program, Run& run);
  [[noreturn]] void fail_update();

  Arena& arena(Place place) { return arenas_[static_cast<size_t>(place)]; }
  const Arena& arena(Place place) const { return arenas_[static_cast<size_t>(place)]; }

  std::shared_ptr<void> pool_;
  const Backend& backend_;
  SessionOptions options_;
  Target target_;
  std::array<Arena, kPlaces> arenas_;
  std::vector<PlanValue> names_;
  std::map<std::string, size_t> name_index_;
  std::array<std::vector<std::shared_ptr<ResolvedProgram>>, kModes> programs_;  // the one used last in front
  std::map<std::string, Snapshot> snapshots_;
  uint64_t step_ = 0;
  bool last_is_outdated_ = true;  // someone else than training has changed what "last" is a copy of
  std::atomic<bool> busy_{false};
  std::atomic<bool> cancelled_{false};
};

}  // namespace netwright
