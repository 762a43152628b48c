// Jobs: their start, their ticks and results on the JavaScript thread, and their end with the environment or process.
#include "binding/environment.h"

#include <cstdlib>
#include <set>

#include "core/op.h"
#include "core/thread_pool.h"

namespace netwright {

namespace {

// The time that JavaScript needs to wake, to take a result and to ask for the next.
constexpr std::chrono::nanoseconds kRunnerSpin{100000};

// Never destroyed: sessions may outlive the destructors of static objects.
struct LiveSessions {
  std::mutex mutex;
  std::set<SessionState*> states;
};
LiveSessions& live_sessions() {
  static LiveSessions& live = *new LiveSessions;
  return live;
}

}  // namespace

// Only where a core is left for it beside the job's threads and JavaScript does the runner wait on it.
SessionState::SessionState(SessionOptions options)
    : session(std::move(options)),
      runner(session.threads() < available_cores() ? kRunnerSpin : std::chrono::nanoseconds(0)) {
  std::lock_guard<std::mutex> lock(live_sessions().mutex);
  live_sessions().states.insert(this);
}

SessionState::~SessionState() {
  {
    std::lock_guard<std::mutex> lock(live_sessions().mutex);
    live_sessions().states.erase(this);
  }
  stop();
}

void SessionState::stop() {
  session.cancel();
  runner.stop();
}

void stop_sessions_at_exit() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Static objects that a job uses must be older than the handler, so that they are destroyed after it has run.
    registered_ops();
    supported_isas();
    cpu_backend();
    live_sessions();
    std::atexit([] {
      LiveSessions& live = live_sessions();
      std::lock_guard<std::mutex> lock(live.mutex);
      for (SessionState* state : live.states) state->stop();
    });
  });
}

void Mailbox::open(napi_threadsafe_function function) {
  std::lock_guard<std::mutex> lock(mutex_);
  function_ = function;
}

void Mailbox::close() {
  std::lock_guard<std::mutex> lock(mutex_);
  function_ = nullptr;
}

// The lock is held during the call, so that the function cannot be deleted meanwhile: its finalizer waits in close().
void Mailbox::signal() {
  if (signalled_ || function_ == nullptr) return;
  signalled_ = napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking) == napi_ok;
  if (!signalled_) function_ = nullptr;  // closing; it must not be touched again
}

void Mailbox::post(Job* job, bool is_done) {
  std::lock_guard<std::mutex> lock(mutex_);
  bool is_known = false;
  for (const Message& message : messages_) is_known = is_known || (message.job == job && !message.is_done);
  if (is_done || !is_known) messages_.push_back({job, is_done});
  signal();
}

std::vector<Mailbox::Message> Mailbox::take() {
  std::lock_guard<std::mutex> lock(mutex_);
  signalled_ = false;
  return std::exchange(messages_, {});
}

Environment::Environment(Napi::Env env) : env_(env) {
  const Napi::HandleScope scope(env);
  const auto finalize = [](napi_env, void* data, void*) {
    const std::unique_ptr<std::shared_ptr<Mailbox>> mailbox(static_cast<std::shared_ptr<Mailbox>*>(data));
    (*mailbox)->close();
  };
  auto kept = std::make_unique<std::shared_ptr<Mailbox>>(mailbox_);
  const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "netwright"),
                                                             0, 1, kept.get(), finalize, this, receive, &function_);
  if (status != napi_ok) throw Napi::Error::New(env);
  kept.release();
  napi_unref_threadsafe_function(env, function_);  // only a running job keeps the process alive
  mailbox_->open(function_);
  napi_add_env_cleanup_hook(
      env, [](void* data) { static_cast<Environment*>(data)->stop(); }, this);
}

Environment::~Environment() { stop(); }

void Environment::stop() {
  mailbox_->close();
  for (auto& entry : jobs_) entry.second->state->stop();
  jobs_.clear();
}

Napi::Value Environment::start(std::unique_ptr<Job> owned) {
  Job* job = owned.get();
  job->state->session.begin_job();
  const Napi::Value promise = job->deferred.Promise();
  jobs_.emplace(job, std::move(owned));
  if (jobs_.size() == 1) napi_ref_threadsafe_function(env_, function_);
  try {
    // The job may be deleted as soon as it is posted; the mailbox is held by the task itself.
    job->state->runner.start([job, mailbox = mailbox_] {
      try {
        job->work(*job);
      } catch (...) {
        job->error = std::current_exception();
      }
      mailbox->post(job, true);
    });
  } catch (...) {
    job->error = std::current_exception();
    mailbox_->post(job, true);
  }
  return promise;
}

void Environment::post_tick(Job& job, Tick tick) const {
  job.set_tick(std::move(tick));
  mailbox_->post(&job, false);
}

void Environment::receive(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // the environment ends
  Environment& self = *static_cast<Environment*>(context);
  const Napi::HandleScope scope(env);
  for (const Mailbox::Message& message : self.mailbox_->take()) {
    const auto found = self.jobs_.find(message.job);
    if (found == self.jobs_.end()) continue;
    // JavaScript cannot be told of an error here; it fails only while the environment is being ended.
    try {
      self.deliver_tick(*message.job);
      if (message.is_done) self.deliver_result(*message.job);
    } catch (...) {
    }
    if (!message.is_done) continue;
    self.jobs_.erase(message.job);
    if (self.jobs_.empty()) napi_unref_threadsafe_function(env, self.function_);
  }
}

void Environment::deliver_tick(Job& job) {
  Tick tick;
  if (job.on_tick.IsEmpty() || !job.thrown.IsEmpty() || !job.take_tick(tick)) return;
  const Napi::Env env(env_);
  const Napi::HandleScope scope(env);
  Napi::Object metrics = Napi::Object::New(env);
  for (const auto& [name, value] : tick.metrics) metrics.Set(name, value);
  Napi::Object record = Napi::Object::New(env);
  record.Set("step", static_cast<double>(tick.step));
  record.Set("rows", static_cast<double>(tick.rows));
  record.Set("metrics", metrics);
  napi_value argument = record, ignored;
  if (napi_call_function(env, env.Undefined(), job.on_tick.Value(), 1, &argument, &ignored) == napi_ok) return;
  // A callback that throws ends the job, and its error is what the promise is rejected with.
  job.state->session.cancel();
  napi_value error;
  if (napi_get_and_clear_last_exception(env, &error) != napi_ok) return;
  Napi::Object holder = Napi::Object::New(env);
  holder.Set("error", Napi::Value(env, error));
  job.thrown = Napi::Persistent(holder);
}

void Environment::deliver_result(Job& job) {
  const Napi::Env env(env_);
  job.state->session.end_job();
  if (!job.thrown.IsEmpty()) return job.deferred.Reject(job.thrown.Value().Get("error"));
  try {
    if (job.error) std::rethrow_exception(job.error);
    job.deferred.Resolve(job.result(env));
  } catch (...) {
    job.deferred.Reject(javascript_error(env, std::current_exception()).Value());
  }
}

}  // namespace netwright
