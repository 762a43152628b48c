// The jobs of a session: an epoch of training, evaluation, prediction, and one run on given inputs.
#include <algorithm>
#include <chrono>
#include <limits>

#include "core/initialize.h"
#include "core/run.h"
#include "core/storage.h"

namespace netwright {

namespace {

// Steps between copies of the last good weights when single steps are made.
constexpr uint64_t kStepsBetweenCopies = 100;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// How a number of rows falls into batches; the last one may be smaller.
struct Batches {
  int64_t rows, size, remainder;

  Batches(int64_t rows, int64_t wanted) : rows(rows), size(std::min(wanted, rows)), remainder(0) {
    check(wanted >= 1, "ARGUMENT", "a batch has at least 1 row, got ", wanted);
    remainder = rows % size;
  }
  int64_t count() const { return (rows + size - 1) / size; }
  int64_t at(int64_t index) const { return std::min(size, rows - index * size); }
};

const Dataset& dataset_of(const std::shared_ptr<const Dataset>& dataset) {
  check(dataset != nullptr, "DISPOSED", "the data set was closed");
  return *dataset;
}

}  // namespace

void Session::fill(const ResolvedProgram& program, const Feed& feed, const BatchRows& rows, Stream& stream) const {
  for (const Feed::Input& input : feed.inputs()) Feed::gather(input, rows, program.address(input.value), stream);
}

template <class Fill>
void Session::train_step(ResolvedProgram& program, Run& run, const Fill& fill) {
  run.compute(program, fill);
  if (!run.is_finite()) {
    fill();
    fail_compute(program, run);
  }
  run.update(program);
  if (!run.is_finite()) fail_update();
  ++step_;
}

EpochResult Session::run_epoch(const EpochJob& job, const std::function<void(Tick)>& on_tick) {
  const Clock::time_point start = Clock::now();
  const Dataset& dataset = dataset_of(job.dataset);
  const Batches batches(dataset.rows(), job.batch_size);
  const int64_t steps = static_cast<int64_t>(job.learning_rates.size());
  check(steps >= 1 && steps <= batches.count(), "ARGUMENT", "an epoch of ", dataset.rows(), " rows in batches of ",
        batches.size, " has 1 to ", batches.count(), " steps, got ", steps, " learning rates");
  Feed feed(dataset, plan(Mode::train));
  if (job.augment)
    feed.distort(job.augment->input, job.augment->range, backend_.distort(target_.isa), options_.seed, job.epoch);
  const int64_t last_size = batches.at(steps - 1);
  const auto programs = prepare(Mode::train, {batches.size, last_size});
  std::vector<int32_t> order;
  if (job.shuffle) order = shuffle_order(options_.seed, job.epoch, dataset.rows());
  snapshot("last");

  Run run(*this);
  Metrics metrics(plan(Mode::train));
  EpochResult result;
  Clock::time_point last_tick = start;
  const auto tick_every = std::chrono::duration<double, std::milli>(job.tick_ms);
  for (int64_t i = 0; i < steps; ++i) {
    if (cancelled_.load(std::memory_order_relaxed)) {
      result.cancelled = true;
      break;
    }
    ResolvedProgram& program = *programs[i + 1 == steps ? 1 : 0];
    run.state.step = step_;
    run.state.learning_rate = job.learning_rates[static_cast<size_t>(i)];
    const BatchRows rows = {job.shuffle ? order.data() : nullptr, i * batches.size, batches.at(i), dataset.rows()};
    train_step(program, run, [&] { fill(program, feed, rows, run.stream); });
    metrics.add(*this, program, batches.at(i));
    ++result.steps;
    if (!on_tick) continue;
    const Clock::time_point now = Clock::now();
    if (now - last_tick < tick_every) continue;
    last_tick = now;
    on_tick({result.steps, metrics.rows(), metrics.means()});
  }
  result.rows = metrics.rows();
  result.metrics = metrics.means();
  result.seconds = seconds_since(start);
  return result;
}

// Runs the compute phase on all rows in order and calls visit(program, first row, rows) after each batch.
template <class Visit>
void Session::each_batch(Mode mode, const RowsJob& job, const Visit& visit) {
  const Dataset& dataset = dataset_of(job.dataset);
  const Batches batches(dataset.rows(), job.batch_size);
  const Feed feed(dataset, plan(mode));
  const auto programs = prepare(mode, {batches.size, batches.remainder});
  Run run(*this);
  for (int64_t i = 0; i < batches.count(); ++i) {
    check_cancelled();
    const int64_t rows = batches.at(i);
    ResolvedProgram& program = *programs[rows == batches.size ? 0 : 1];
    const Clock::time_point start = Clock::now();
    run.compute(program, [&] { fill(program, feed, {nullptr, i * batches.size, rows, rows}, run.stream); });
    visit(program, i * batches.size, rows);
    program.set_batch_ns(seconds_since(start) * 1e9);
  }
}

EvaluateResult Session::evaluate(const RowsJob& job) {
  Metrics metrics(plan(Mode::evaluate));
  each_batch(Mode::evaluate, job,
             [&](const ResolvedProgram& program, int64_t, int64_t rows) { metrics.add(*this, program, rows); });
  return {metrics.rows(), metrics.means()};
}

std::vector<NamedTensor> Session::predict(const RowsJob& job) {
  const Plan& model = plan(Mode::predict);
  const int64_t rows = dataset_of(job.dataset).rows();
  std::vector<NamedTensor> results;
  std::vector<size_t> outputs;
  for (size_t id = 0; id < model.values.size(); ++id) {
    const PlanValue& value = model.values[id];
    if (value.role != Role::output) continue;
    NamedTensor result{value.name, substitute_batch(value, rows), {}};
    result.data.resize(static_cast<size_t>(row_count(value) * (value.has_batch() ? rows : 1)));
    outputs.push_back(id);
    results.push_back(std::move(result));
  }
  each_batch(Mode::predict, job, [&](const ResolvedProgram& program, int64_t first, int64_t) {
    for (size_t i = 0; i < outputs.size(); ++i) {
      const PlanValue& value = model.values[outputs[i]];
      download(program, outputs[i], results[i].data.data() + (value.has_batch() ? first * row_count(value) : 0));
    }
  });
  return results;
}

double Session::expected_ns(const RowsJob& job) const {
  const Batches batches(dataset_of(job.dataset).rows(), job.batch_size);
  const auto& kept = programs_[static_cast<size_t>(Mode::predict)];
  const auto batch_ns = [&kept](int64_t size) {
    for (const auto& program : kept)
      if (program->program().batch == size && program->batch_ns() > 0) return program->batch_ns();
    return std::numeric_limits<double>::infinity();
  };
  const double whole = static_cast<double>(batches.rows / batches.size) * batch_ns(batches.size);
  return batches.remainder == 0 ? whole : whole + batch_ns(batches.remainder);
}

std::shared_ptr<const Dataset> Session::input_rows(const float* data, size_t count, int64_t rows) const {
  std::vector<Dataset::Source> sources;
  for (const PlanValue& value : plan(Mode::predict).values)
    if (value.role == Role::input && value.has_batch())
      sources.push_back({value.name, {value.shape.begin() + 1, value.shape.end()}, DType::float32, data, count});
  check(sources.size() == 1, "DATA", "the model has ", sources.size(), " inputs, and the rows are for one");
  return std::make_shared<const Dataset>(sources, rows);
}

// To the user's order; `user` has room for all elements.
void Session::download(const ResolvedProgram& program, size_t id, float* user) const {
  const ProgramValue& value = program.program().values[id];
  if (value.tensor.storage == Storage::plain) return backend_.download(user, program.address(id), value.bytes);
  std::vector<float> native(static_cast<size_t>(value.tensor.count()));
  backend_.download(native.data(), program.address(id), value.bytes);
  from_storage(value.tensor, native.data(), user);
}

namespace {

// Calls visit(value, given) for every input of the program. Throws Error("ARGUMENT") unless all are given and fit.
template <class Visit>
void each_input(const Program& program, const ExecuteJob& job, const Visit& visit) {
  for (size_t id = 0; id < program.values.size(); ++id) {
    const PlanValue& value = program.plan->values[id];
    if (value.role != Role::input) continue;
    const auto given = std::find_if(job.inputs.begin(), job.inputs.end(),
                                    [&](const ExecuteInput& input) { return input.name == value.name; });
    check(given != job.inputs.end(), "ARGUMENT", "input \"", value.name, "\" is missing");
    const ProgramValue& bound = program.values[id];
    check(given->dtype == value.dtype && given->data.size() * 4 == bound.bytes, "ARGUMENT", "input \"", value.name,
          "\" has ", given->data.size(), " numbers of type ", name_of(given->dtype), ", expected ",
          shape_text(bound.tensor.shape), ' ', name_of(value.dtype));
    visit(id, *given);
  }
}

}  // namespace

void Session::fill_inputs(const ResolvedProgram& program, const ExecuteJob& job) const {
  each_input(program.program(), job, [&](size_t id, const ExecuteInput& given) {
    std::vector<uint32_t> native(given.data.size());
    to_storage(program.program().values[id].tensor, given.data.data(), native.data());
    backend_.upload(program.address(id), native.data(), native.size() * 4);
  });
}

std::vector<NamedTensor> Session::execute(const ExecuteJob& job) {
  // Inputs first: a batch size that they do not have must not cost memory.
  each_input(*this->program(job.mode, job.batch), job, [](size_t, const ExecuteInput&) {});
  ResolvedProgram& program = *prepare(job.mode, {job.batch}).front();
  Run run(*this);
  if (job.step >= 0) run.state.step = static_cast<uint64_t>(job.step);
  run.state.learning_rate = job.learning_rate;
  if (job.update) {
    if (last_is_outdated_ || snapshots_.at("last").step + kStepsBetweenCopies <= step_) snapshot("last");
    train_step(program, run, [&] { fill_inputs(program, job); });
  } else {
    run.compute(program, [&] { fill_inputs(program, job); });
  }
  std::vector<NamedTensor> results;
  const Plan& model = plan(job.mode);
  for (size_t id = 0; id < model.values.size(); ++id) {
    if (model.values[id].role != Role::output && model.values[id].role != Role::metric) continue;
    const Tensor& tensor = program.program().values[id].tensor;
    results.push_back({model.values[id].name, tensor.shape, std::vector<float>(static_cast<size_t>(tensor.count()))});
    download(program, id, results.back().data.data());
  }
  return results;
}

}  // namespace netwright
