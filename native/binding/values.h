// Reads and checks JavaScript values, and turns errors of the core into JavaScript errors. The only folder that knows
// V8.
#pragma once

#ifndef NODE_ADDON_API_CPP_EXCEPTIONS
#define NODE_ADDON_API_CPP_EXCEPTIONS
#endif
// While a worker is being terminated nothing can be thrown into JavaScript: then there is nobody to tell.
#ifndef NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#endif
#include <napi.h>

#include <exception>
#include <string>
#include <vector>

#include "core/plan.h"

namespace netwright {

// The largest integer that a JavaScript number holds with all its neighbours.
constexpr int64_t kMostInteger = (int64_t{1} << 53) - 1;

// All of these throw Error("ARGUMENT") that names `what` when the value is of another kind.
Napi::Object object_of(const Napi::Value& value, const std::string& what);
Napi::Array array_of(const Napi::Value& value, const std::string& what);
std::string string_of(const Napi::Value& value, const std::string& what);
bool boolean_of(const Napi::Value& value, const std::string& what);
double number_of(const Napi::Value& value, const std::string& what);
int64_t integer_of(const Napi::Value& value, const std::string& what, int64_t low, int64_t high);
std::vector<int64_t> integers_of(const Napi::Value& value, const std::string& what);
Mode mode_of(const Napi::Value& value, const std::string& what);

// A view of the memory of a typed array, valid until JavaScript runs again. Memory may be shared with other threads.
struct Numbers {
  DType dtype = DType::float32;
  const void* data = nullptr;
  size_t count = 0;
};
Numbers numbers_of(const Napi::Value& value, const std::string& what);            // Float32Array or Int32Array
std::vector<float> floats_of(const Napi::Value& value, const std::string& what);  // Float32Array

// Index of the first float that is NaN or infinite, -1 where there is none.
int64_t non_finite_index(const Numbers& floats);

// The element type as bits, so that one vector holds either.
std::vector<uint32_t> bits_of(const Numbers& numbers);

bool is_missing(const Napi::Value& value);  // undefined or null

// Own enumerable string keys.
std::vector<std::string> keys_of(const Napi::Object& object);

Napi::Float32Array float_array(Napi::Env env, const std::vector<float>& data);
Napi::Array shape_array(Napi::Env env, const std::vector<int64_t>& shape);

// The JavaScript error for an exception of the core: `code`, and for NON_FINITE `step`, `layer` and `what`.
Napi::Error javascript_error(Napi::Env env, const std::exception_ptr& error);

// Runs `body` and lets nothing but JavaScript errors out.
template <class Body>
auto guarded(Napi::Env env, const Body& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw javascript_error(env, std::current_exception());
  }
}

}  // namespace netwright
