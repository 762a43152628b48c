// What the addon keeps per JavaScript environment: the jobs that run, and the way back to the JavaScript thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "binding/values.h"
#include "core/runner.h"
#include "core/session.h"

namespace netwright {

// A session with its thread. Known to a process-wide list, so that an exit can stop all threads.
class SessionState {
 public:
  explicit SessionState(SessionOptions options);
  ~SessionState();  // never on the runner's own thread: jobs are let go on the JavaScript thread
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;

  // Cancels the job and waits until the thread has ended. Further jobs never start.
  void stop();

  Session session;
  Runner runner;
};

// One job: work on the runner's thread, result and ticks on the JavaScript thread.
struct Job {
  Job(Napi::Env env, std::shared_ptr<SessionState> state) : state(std::move(state)), deferred(env) {}

  std::shared_ptr<SessionState> state;
  Napi::Promise::Deferred deferred;
  std::function<void(Job&)> work;
  std::function<Napi::Value(Napi::Env)> result;
  std::exception_ptr error;
  Napi::FunctionReference on_tick;
  Napi::ObjectReference thrown;  // { error } that on_tick threw

  void set_tick(Tick tick) {
    std::lock_guard<std::mutex> lock(mutex_);
    tick_ = std::move(tick);
    has_tick_ = true;
  }
  bool take_tick(Tick& tick) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!has_tick_) return false;
    tick = std::move(tick_);
    has_tick_ = false;
    return true;
  }

 private:
  std::mutex mutex_;
  Tick tick_;  // the newest; older ones that JavaScript had no time for are dropped
  bool has_tick_ = false;
};

// Carries news from runners to the JavaScript thread. Outlives the environment while runners hold it.
class Mailbox {
 public:
  // Any thread. Never waits for JavaScript.
  void post(Job* job, bool is_done);

  struct Message {
    Job* job;
    bool is_done;
  };
  std::vector<Message> take();
  void open(napi_threadsafe_function function);
  void close();

 private:
  void signal();

  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;  // null before open() and after close()
  bool signalled_ = false;
  std::vector<Message> messages_;
};

class Environment {
 public:
  explicit Environment(Napi::Env env);
  ~Environment();
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  // Starts the job on its session's thread and gives the promise. The session must be idle.
  Napi::Value start(std::unique_ptr<Job> job);

  // What on_tick of a session's epoch calls on the runner's thread.
  void post_tick(Job& job, Tick tick) const;

  // Cancels and joins all jobs; part of the end of the environment.
  void stop();

 private:
  static void receive(napi_env env, napi_value, void* context, void*);
  void deliver_tick(Job& job);
  void deliver_result(Job& job);

  napi_env env_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  napi_threadsafe_function function_ = nullptr;
  std::unordered_map<Job*, std::unique_ptr<Job>> jobs_;
};

// Stops the runners of all sessions when the process exits without ending its environments (process.exit).
void stop_sessions_at_exit();

}  // namespace netwright
