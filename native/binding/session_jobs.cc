// Options, jobs and results between JavaScript objects and the core's structs.
#include "binding/session_jobs.h"

#include <cstdlib>

#include "binding/dataset_wrap.h"
#include "binding/plan_reader.h"
#include "blas/sgemm.h"

namespace netwright {

namespace {

constexpr int kMostThreads = 1024;

bool read_blas(const Napi::Value& value) {
  if (is_missing(value)) return blas_enabled();
  const std::string name = string_of(value, "session blas");
  check(name == "builtin" || name == "system", "ARGUMENT", "session blas: expected \"builtin\" or \"system\", found \"",
        name, '"');
  check(name == "builtin" || blas_available(), "ARGUMENT",
        "session blas: this binary was built without a system BLAS; use \"builtin\"");
  return name == "system";
}

}  // namespace

SessionOptions read_session_options(const Napi::Value& value) {
  const Napi::Object object = object_of(value, "session options");
  const Napi::Object plans = object_of(object.Get("plans"), "session plans");
  SessionOptions options;
  for (Mode mode : {Mode::train, Mode::evaluate, Mode::predict}) {
    const Napi::Value plan = plans.Get(name_of(mode));
    if (!is_missing(plan)) options.plans[static_cast<size_t>(mode)] = read_plan(plan);
  }
  options.seed = static_cast<uint64_t>(integer_of(object.Get("seed"), "session seed", 0, kMostInteger));
  options.threads = static_cast<int>(integer_of(object.Get("threads"), "session threads", 0, kMostThreads));
  const Napi::Value isa = object.Get("instructionSet");
  options.isa = is_missing(isa) ? active_isa() : parse_isa(string_of(isa, "session instructionSet"));
  options.use_blas = read_blas(object.Get("blas"));
  const Napi::Value profile = object.Get("profile");
  options.profile = !is_missing(profile) && boolean_of(profile, "session profile");
  return options;
}

static Augment read_augment(const Napi::Value& value) {
  const Napi::Object object = object_of(value, "augment");
  const auto number = [&](const char* name) { return number_of(object.Get(name), std::string("augment ") + name); };
  Augment augment;
  augment.input = string_of(object.Get("input"), "augment input");
  augment.range.rotation = number("rotation");
  augment.range.translation = number("translation");
  augment.range.smallest_scale = number("smallestScale");
  augment.range.largest_scale = number("largestScale");
  augment.range.shear = number("shear");
  augment.range.flip = boolean_of(object.Get("flip"), "augment flip");
  augment.range.fill = floats_of(object.Get("fill"), "augment fill");
  return augment;
}

EpochJob read_epoch_job(const Napi::Value& value) {
  const Napi::Object object = object_of(value, "epoch");
  EpochJob job;
  job.batch_size = integer_of(object.Get("batchSize"), "epoch batchSize", 1, kMostDimension);
  job.epoch = static_cast<uint64_t>(integer_of(object.Get("epoch"), "epoch number", 0, kMostInteger));
  job.shuffle = boolean_of(object.Get("shuffle"), "epoch shuffle");
  const Napi::Value tick = object.Get("tickMilliseconds");
  if (!is_missing(tick)) job.tick_ms = number_of(tick, "epoch tickMilliseconds");
  check(job.tick_ms >= 0, "ARGUMENT", "epoch tickMilliseconds: expected a number of at least 0, found ", job.tick_ms);
  const Napi::Value augment = object.Get("augment");
  if (!is_missing(augment)) job.augment = read_augment(augment);
  const Napi::Value learning_rates = object.Get("learningRates");
  job.dataset = DatasetWrap::data_of(object.Get("dataset"), "epoch dataset");
  job.learning_rates = floats_of(learning_rates, "epoch learningRates");
  return job;
}

RowsJob read_rows_job(const Napi::Value& value) {
  const Napi::Object object = object_of(value, "job");
  RowsJob job;
  job.batch_size = integer_of(object.Get("batchSize"), "job batchSize", 1, kMostDimension);
  job.dataset = DatasetWrap::data_of(object.Get("dataset"), "job dataset");
  return job;
}

ExecuteJob read_execute_job(const Napi::Value& mode, const Napi::Value& value) {
  ExecuteJob job;
  job.mode = mode_of(mode, "execute mode");
  const Napi::Object object = object_of(value, "execute job");
  job.batch = integer_of(object.Get("batch"), "execute batch", 1, kMostDimension);
  const Napi::Value step = object.Get("step");
  if (!is_missing(step)) job.step = integer_of(step, "execute step", 0, kMostInteger);
  const Napi::Value learning_rate = object.Get("learningRate");
  if (!is_missing(learning_rate))
    job.learning_rate = static_cast<float>(number_of(learning_rate, "execute learningRate"));
  const Napi::Value update = object.Get("update");
  job.update = !is_missing(update) && boolean_of(update, "execute update");
  const Napi::Object inputs = object_of(object.Get("inputs"), "execute inputs");
  for (const std::string& name : keys_of(inputs)) {
    const Numbers numbers = numbers_of(inputs.Get(name), text("execute input \"", name, '"'));
    job.inputs.push_back({name, numbers.dtype, bits_of(numbers)});
  }
  return job;
}

Napi::Object numbers_object(Napi::Env env, const NamedNumbers& numbers) {
  Napi::Object object = Napi::Object::New(env);
  for (const auto& [name, value] : numbers) object.Set(name, value);
  return object;
}

Napi::Object epoch_object(Napi::Env env, const EpochResult& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("steps", static_cast<double>(result.steps));
  object.Set("rows", static_cast<double>(result.rows));
  object.Set("seconds", result.seconds);
  object.Set("metrics", numbers_object(env, result.metrics));
  object.Set("cancelled", result.cancelled);
  return object;
}

Napi::Object evaluate_object(Napi::Env env, const EvaluateResult& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("rows", static_cast<double>(result.rows));
  object.Set("metrics", numbers_object(env, result.metrics));
  return object;
}

Napi::Object tensor_object(Napi::Env env, const std::vector<float>& data, const std::vector<int64_t>& shape) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("data", float_array(env, data));
  object.Set("shape", shape_array(env, shape));
  return object;
}

Napi::Object tensors_object(Napi::Env env, const std::vector<NamedTensor>& tensors) {
  Napi::Object object = Napi::Object::New(env);
  for (const NamedTensor& tensor : tensors) object.Set(tensor.name, tensor_object(env, tensor.data, tensor.shape));
  return object;
}

static Napi::Object profile_row_object(Napi::Env env, const ProfileRow& row) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("label", row.label);
  object.Set("op", row.op);
  object.Set("kernel", row.kernel);
  object.Set("phase", row.phase);
  object.Set("milliseconds", row.ms);
  object.Set("operations", row.operations);
  object.Set("bytes", row.bytes);
  return object;
}

Napi::Array profiles_array(Napi::Env env, const std::vector<ProgramProfile>& profiles) {
  Napi::Array list = Napi::Array::New(env);
  for (const ProgramProfile& profile : profiles) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("mode", profile.mode);
    object.Set("batch", static_cast<double>(profile.batch));
    object.Set("steps", static_cast<double>(profile.runs));
    Napi::Array rows = Napi::Array::New(env);
    for (const ProfileRow& row : profile.rows) rows.Set(rows.Length(), profile_row_object(env, row));
    object.Set("rows", rows);
    list.Set(list.Length(), object);
  }
  return list;
}

}  // namespace netwright
