// The addon's exports: Session, Dataset, info() and firstNonFinite().
#include "binding/dataset_wrap.h"
#include "binding/session_wrap.h"
#include "blas/bf16_tiles.h"
#include "blas/sgemm.h"
#include "core/thread_pool.h"

namespace netwright {

namespace {

Napi::Value info(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  return guarded(env, [&]() -> Napi::Value {
    Napi::Object object = Napi::Object::New(env);
    object.Set("version", NETWRIGHT_VERSION);
    object.Set("napi", NAPI_VERSION);
    object.Set("instructionSet", isa_name(active_isa()));
    Napi::Array isas = Napi::Array::New(env);
    for (Isa isa : supported_isas()) isas.Set(isas.Length(), isa_name(isa));
    object.Set("instructionSets", isas);
    object.Set("blas", blas_name());
    object.Set("bf16", bf16_name(active_isa()));
    object.Set("threads", available_cores());
    Napi::Array ops = Napi::Array::New(env);
    for (const OpDef* op : registered_ops()) ops.Set(ops.Length(), op->name);
    object.Set("ops", ops);
    return object;
  });
}

// Index of the first NaN or infinite number, -1 where there is none.
Napi::Value first_non_finite(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    const Numbers numbers = numbers_of(call[0], "data");
    check(numbers.dtype == DType::float32, "ARGUMENT", "data: expected a Float32Array");
    return Napi::Number::New(call.Env(), static_cast<double>(non_finite_index(numbers)));
  });
}

}  // namespace

Napi::Object initialize_addon(Napi::Env env, Napi::Object exports) {
  stop_sessions_at_exit();
  env.SetInstanceData(new Environment(env));
  exports.Set("Session", SessionWrap::define(env));
  exports.Set("Dataset", DatasetWrap::define(env));
  exports.Set("info", Napi::Function::New<info>(env, "info"));
  exports.Set("firstNonFinite", Napi::Function::New<first_non_finite>(env, "firstNonFinite"));
  return exports;
}

}  // namespace netwright

using netwright::initialize_addon;
NODE_API_MODULE(netwright, initialize_addon)
