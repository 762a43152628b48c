// Methods of Session: each checks that the session is open and idle, reads its arguments and calls the core.
#include "binding/session_wrap.h"

#include <algorithm>

#include "binding/session_jobs.h"

namespace netwright {

namespace {

// Handing a job over wakes a thread on both sides, which takes 50 to 150 us: not worth it for less than a timer's
// grain.
constexpr double kAtOnceNs = 1e6;

constexpr napi_type_tag kTag = {0x6e657477726967a1ull, 0x53657373696f6e01ull};

// Node checks the receiver of methods, but not that of accessors.
void check_receiver(const Napi::CallbackInfo& info) {
  check(info.This().As<Napi::Object>().CheckTypeTag(&kTag), "ARGUMENT", "expected a native session");
}

}  // namespace

Napi::Function SessionWrap::define(Napi::Env env) {
  return DefineClass(
      env, "Session",
      {InstanceMethod<&SessionWrap::run_epoch>("runEpoch"), InstanceMethod<&SessionWrap::evaluate>("evaluate"),
       InstanceMethod<&SessionWrap::predict>("predict"), InstanceMethod<&SessionWrap::predict_rows>("predictRows"),
       InstanceMethod<&SessionWrap::execute>("execute"), InstanceMethod<&SessionWrap::cancel>("cancel"),
       InstanceMethod<&SessionWrap::read>("read"), InstanceMethod<&SessionWrap::write>("write"),
       InstanceMethod<&SessionWrap::names>("names"), InstanceMethod<&SessionWrap::snapshot>("snapshot"),
       InstanceMethod<&SessionWrap::restore>("restore"), InstanceMethod<&SessionWrap::counters>("counters"),
       InstanceMethod<&SessionWrap::set_counters>("setCounters"), InstanceMethod<&SessionWrap::describe>("describe"),
       InstanceMethod<&SessionWrap::memory>("memory"), InstanceMethod<&SessionWrap::profile>("profile"),
       InstanceAccessor<&SessionWrap::threads>("threads"),
       InstanceAccessor<&SessionWrap::instruction_set>("instructionSet"),
       InstanceMethod<&SessionWrap::close>("close")});
}

SessionWrap::SessionWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SessionWrap>(info) {
  guarded(info.Env(), [&] {
    state_ = std::make_shared<SessionState>(read_session_options(info[0]));
    threads_ = state_->session.threads();
    isa_ = state_->session.isa();
    info.This().As<Napi::Object>().TypeTag(&kTag);
    account(static_cast<int64_t>(state_->session.bytes()));
  });
}

// A running job keeps the state; without one the thread ends here.
SessionWrap::~SessionWrap() { account(0); }

void SessionWrap::account(int64_t bytes) {
  if (bytes != accounted_bytes_) Napi::MemoryManagement::AdjustExternalMemory(Env(), bytes - accounted_bytes_);
  accounted_bytes_ = bytes;
}

Session& SessionWrap::idle() const {
  check(state_ != nullptr, "DISPOSED", "this session was closed");
  state_->session.check_idle();
  return state_->session;
}

std::unique_ptr<Job> SessionWrap::new_job(const Info& info) {
  // Reading the arguments may have run getters that closed the session or started a job.
  account(static_cast<int64_t>(idle().bytes()));  // earlier jobs may have grown the arenas
  return std::make_unique<Job>(info.Env(), state_);
}

Napi::Value SessionWrap::run_epoch(const Info& info) {
  return guarded(info.Env(), [&] {
    idle();
    auto epoch = std::make_shared<const EpochJob>(read_epoch_job(info[0]));
    const bool has_callback = info[1].IsFunction();
    check(has_callback || is_missing(info[1]), "ARGUMENT", "onTick: expected a function");
    std::unique_ptr<Job> job = new_job(info);
    auto result = std::make_shared<EpochResult>();
    Environment& environment = Environment::of(info.Env());
    if (has_callback) job->on_tick = Napi::Persistent(info[1].As<Napi::Function>());
    job->work = [epoch, result, has_callback, &environment](Job& running) {
      std::function<void(Tick)> on_tick;
      if (has_callback) on_tick = [&](Tick tick) { environment.post_tick(running, std::move(tick)); };
      *result = running.state->session.run_epoch(*epoch, on_tick);
    };
    job->result = [result](Napi::Env env) { return epoch_object(env, *result); };
    return environment.start(std::move(job));
  });
}

Napi::Value SessionWrap::evaluate(const Info& info) {
  return guarded(info.Env(), [&] {
    idle();
    auto rows = std::make_shared<const RowsJob>(read_rows_job(info[0]));
    auto result = std::make_shared<EvaluateResult>();
    std::unique_ptr<Job> job = new_job(info);
    job->work = [rows, result](Job& running) { *result = running.state->session.evaluate(*rows); };
    job->result = [result](Napi::Env env) { return evaluate_object(env, *result); };
    return Environment::of(info.Env()).start(std::move(job));
  });
}

Napi::Value SessionWrap::predict(const Info& info) {
  return guarded(info.Env(), [&] {
    idle();
    const bool at_once = boolean_of(info[1], "atOnce");
    return start_prediction(info, read_rows_job(info[0]), at_once);
  });
}

Napi::Value SessionWrap::predict_rows(const Info& info) {
  return guarded(info.Env(), [&] {
    RowsJob job;
    const int64_t rows = integer_of(info[1], "rows", 1, kMostDimension);
    job.batch_size = integer_of(info[2], "batchSize", 1, kMostDimension);
    const bool at_once = boolean_of(info[3], "atOnce");
    const Numbers numbers = numbers_of(info[0], "input");
    check(numbers.dtype == DType::float32, "ARGUMENT", "input: expected a Float32Array");
    job.dataset = idle().input_rows(static_cast<const float*>(numbers.data), numbers.count, rows);
    return start_prediction(info, std::move(job), at_once);
  });
}

Napi::Value SessionWrap::start_prediction(const Info& info, RowsJob given, bool at_once) {
  if (at_once && idle().expected_ns(given) <= kAtOnceNs) {
    // The job ends before its results become objects: making those may run JavaScript that closes the session.
    std::vector<NamedTensor> tensors;
    {
      state_->session.begin_job();
      const std::unique_ptr<Session, void (*)(Session*)> ending(&state_->session, [](Session* one) { one->end_job(); });
      tensors = state_->session.predict(given);
    }
    return tensors_object(info.Env(), tensors);
  }
  auto rows = std::make_shared<const RowsJob>(std::move(given));
  auto result = std::make_shared<std::vector<NamedTensor>>();
  std::unique_ptr<Job> job = new_job(info);
  job->work = [rows, result](Job& running) { *result = running.state->session.predict(*rows); };
  job->result = [result](Napi::Env env) { return tensors_object(env, *result); };
  return Environment::of(info.Env()).start(std::move(job));
}

Napi::Value SessionWrap::execute(const Info& info) {
  return guarded(info.Env(), [&] {
    idle();
    auto given = std::make_shared<const ExecuteJob>(read_execute_job(info[0], info[1]));
    auto result = std::make_shared<std::vector<NamedTensor>>();
    std::unique_ptr<Job> job = new_job(info);
    job->work = [given, result](Job& running) { *result = running.state->session.execute(*given); };
    job->result = [result](Napi::Env env) { return tensors_object(env, *result); };
    return Environment::of(info.Env()).start(std::move(job));
  });
}

void SessionWrap::cancel(const Info&) {
  if (state_) state_->session.cancel();
}

Napi::Value SessionWrap::read(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::string name = string_of(info[0], "name");
    const Session& session = idle();
    const PlanValue& value = session.find(name);
    return tensor_object(info.Env(), session.read(value), value.shape);
  });
}

void SessionWrap::write(const Info& info) {
  guarded(info.Env(), [&] {
    const std::string name = string_of(info[0], "name");
    const std::vector<float> data = floats_of(info[1], text('"', name, '"'));
    Session& session = idle();
    session.write(session.find(name), data);
  });
}

Napi::Value SessionWrap::names(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Napi::Array list = Napi::Array::New(info.Env());
    for (const PlanValue& value : idle().names()) {
      if (value.flat) continue;
      Napi::Object entry = Napi::Object::New(info.Env());
      entry.Set("name", value.name);
      entry.Set("role", name_of(value.role));
      entry.Set("shape", shape_array(info.Env(), value.shape));
      list.Set(list.Length(), entry);
    }
    return list;
  });
}

void SessionWrap::snapshot(const Info& info) {
  guarded(info.Env(), [&] { idle().snapshot(string_of(info[0], "snapshot")); });
}

void SessionWrap::restore(const Info& info) {
  guarded(info.Env(), [&] { idle().restore(string_of(info[0], "snapshot")); });
}

Napi::Value SessionWrap::counters(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("step", static_cast<double>(idle().step()));
    return object;
  });
}

void SessionWrap::set_counters(const Info& info) {
  guarded(info.Env(), [&] {
    const int64_t step = integer_of(object_of(info[0], "counters").Get("step"), "counters step", 0, kMostInteger);
    idle().set_step(static_cast<uint64_t>(step));
  });
}

Napi::Value SessionWrap::describe(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Mode mode = mode_of(info[0], "mode");
    const int64_t batch = integer_of(info[1], "batch", 1, kMostDimension);
    return Napi::String::New(info.Env(), text(name_of(mode), ", ", idle().program(mode, batch)->describe()));
  });
}

Napi::Value SessionWrap::memory(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Mode mode = mode_of(info[0], "mode");
    const int64_t batch = integer_of(info[1], "batch", 1, kMostDimension);
    const std::shared_ptr<const Program> program = idle().program(mode, batch);
    const auto first = program->steps.begin(), update = first + static_cast<int64_t>(program->compute_steps);
    const auto in_place =
        std::count_if(first, update, [&](const ProgramStep& step) { return program->in_place(step); });
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("computeSteps", static_cast<double>(program->compute_steps));
    object.Set("inPlaceSteps", static_cast<double>(in_place));
    object.Set("activationBytes", static_cast<double>(program->activation_bytes));
    // A training plan has gradients and the optimizer's slots beside the parameters, each as large as these.
    const ArenaSizes& sizes = program->plan->arenas;
    const int64_t mirrors = mode == Mode::train ? 1 + sizes.slots : 0;
    object.Set("parameterBytes", static_cast<double>(((1 + mirrors) * sizes.param + sizes.state) * 4));
    object.Set("lowerBoundBytes", static_cast<double>(program->lower_bound_bytes));
    return object;
  });
}

Napi::Value SessionWrap::profile(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value { return profiles_array(info.Env(), idle().profile()); });
}

Napi::Value SessionWrap::threads(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    check_receiver(info);
    return Napi::Number::New(info.Env(), threads_);
  });
}

Napi::Value SessionWrap::instruction_set(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    check_receiver(info);
    return Napi::String::New(info.Env(), isa_name(isa_));
  });
}

void SessionWrap::close(const Info&) {
  if (!state_) return;
  state_->session.cancel();
  state_.reset();
  account(0);
}

}  // namespace netwright
