// The class Dataset as JavaScript sees it.
#pragma once

#include <memory>

#include "binding/values.h"
#include "core/dataset.h"

namespace netwright {

class DatasetWrap : public Napi::ObjectWrap<DatasetWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit DatasetWrap(const Napi::CallbackInfo& info);
  ~DatasetWrap() override;

  // The data, which lives on while a job uses it. Throws Error("ARGUMENT" or "DISPOSED").
  static std::shared_ptr<const Dataset> data_of(const Napi::Value& value, const std::string& what);

 private:
  Napi::Value rows(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  void release();

  int64_t rows_ = 0;
  std::shared_ptr<const Dataset> data_;
};

}  // namespace netwright
