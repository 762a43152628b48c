// The class Session as JavaScript sees it.
#pragma once

#include <memory>

#include "binding/environment.h"

namespace netwright {

class SessionWrap : public Napi::ObjectWrap<SessionWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SessionWrap(const Napi::CallbackInfo& info);
  ~SessionWrap() override;

 private:
  using Info = Napi::CallbackInfo;
  Napi::Value run_epoch(const Info& info);
  Napi::Value evaluate(const Info& info);
  Napi::Value predict(const Info& info);
  Napi::Value predict_rows(const Info& info);
  Napi::Value execute(const Info& info);
  void cancel(const Info& info);
  Napi::Value read(const Info& info);
  void write(const Info& info);
  Napi::Value names(const Info& info);
  void snapshot(const Info& info);
  void restore(const Info& info);
  Napi::Value counters(const Info& info);
  void set_counters(const Info& info);
  Napi::Value describe(const Info& info);
  Napi::Value memory(const Info& info);
  Napi::Value profile(const Info& info);
  Napi::Value threads(const Info& info);
  Napi::Value instruction_set(const Info& info);
  void close(const Info& info);

  // Open and idle, or an error.
  Session& idle() const;
  std::unique_ptr<Job> new_job(const Info& info);
  // Outputs by name where that is allowed and they are quickly computed, else a promise of them.
  Napi::Value start_prediction(const Info& info, RowsJob rows, bool at_once);
  void account(int64_t bytes);

  std::shared_ptr<SessionState> state_;  // null after close()
  int threads_ = 0;
  Isa isa_ = Isa::scalar;
  int64_t accounted_bytes_ = 0;
};

}  // namespace netwright
