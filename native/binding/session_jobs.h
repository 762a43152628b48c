// Reads the jobs of a session from JavaScript and writes their results.
#pragma once

#include "binding/environment.h"

namespace netwright {

SessionOptions read_session_options(const Napi::Value& value);
EpochJob read_epoch_job(const Napi::Value& value);
RowsJob read_rows_job(const Napi::Value& value);
ExecuteJob read_execute_job(const Napi::Value& mode, const Napi::Value& value);

Napi::Object numbers_object(Napi::Env env, const NamedNumbers& numbers);
Napi::Object epoch_object(Napi::Env env, const EpochResult& result);
Napi::Object evaluate_object(Napi::Env env, const EvaluateResult& result);
// { name: { data, shape } }
Napi::Object tensors_object(Napi::Env env, const std::vector<NamedTensor>& tensors);
// [{ mode, batch, steps, rows: [{ label, op, kernel, phase, milliseconds, operations, bytes }] }]
Napi::Array profiles_array(Napi::Env env, const std::vector<ProgramProfile>& profiles);
Napi::Object tensor_object(Napi::Env env, const std::vector<float>& data, const std::vector<int64_t>& shape);

}  // namespace netwright
