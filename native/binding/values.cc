// Checks of arguments, typed arrays without touching their buffers, and error objects.
#include "binding/values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "core/session.h"

namespace netwright {

namespace {

std::string kind_of(const Napi::Value& value) {
  if (value.IsEmpty() || value.IsUndefined()) return "undefined";
  if (value.IsNull()) return "null";
  if (value.IsNumber()) return text(value.As<Napi::Number>().DoubleValue());
  if (value.IsString()) return "a string";
  if (value.IsBoolean()) return "a boolean";
  if (value.IsFunction()) return "a function";
  if (value.IsArray()) return "an array";
  if (value.IsTypedArray()) return "a typed array of another kind";
  return value.IsObject() ? "an object" : "something else";
}

[[noreturn]] void refuse(const std::string& what, const std::string& expected, const Napi::Value& found) {
  throw Error("ARGUMENT", text(what, ": expected ", expected, ", found ", kind_of(found)));
}

}  // namespace

bool is_missing(const Napi::Value& value) { return value.IsEmpty() || value.IsUndefined() || value.IsNull(); }

Napi::Object object_of(const Napi::Value& value, const std::string& what) {
  if (is_missing(value) || !value.IsObject()) refuse(what, "an object", value);
  return value.As<Napi::Object>();
}

Napi::Array array_of(const Napi::Value& value, const std::string& what) {
  if (!value.IsArray()) refuse(what, "an array", value);
  return value.As<Napi::Array>();
}

std::string string_of(const Napi::Value& value, const std::string& what) {
  if (!value.IsString()) refuse(what, "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

bool boolean_of(const Napi::Value& value, const std::string& what) {
  if (!value.IsBoolean()) refuse(what, "a boolean", value);
  return value.As<Napi::Boolean>().Value();
}

double number_of(const Napi::Value& value, const std::string& what) {
  if (!value.IsNumber()) refuse(what, "a number", value);
  return value.As<Napi::Number>().DoubleValue();
}

int64_t integer_of(const Napi::Value& value, const std::string& what, int64_t low, int64_t high) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  // The comparison is false for NaN.
  if (!(number >= static_cast<double>(low) && number <= static_cast<double>(high)) || number != std::floor(number))
    refuse(what, text("a whole number from ", low, " to ", high), value);
  return static_cast<int64_t>(number);
}

std::vector<int64_t> integers_of(const Napi::Value& value, const std::string& what) {
  const Napi::Array array = array_of(value, what);
  std::vector<int64_t> result;
  for (uint32_t i = 0; i < array.Length(); ++i)
    result.push_back(integer_of(array.Get(i), what, -kMostInteger, kMostInteger));
  return result;
}

Mode mode_of(const Napi::Value& value, const std::string& what) {
  const std::string name = value.IsString() ? string_of(value, what) : "";
  for (Mode mode : {Mode::train, Mode::evaluate, Mode::predict})
    if (name == name_of(mode)) return mode;
  refuse(what, "\"train\", \"evaluate\" or \"predict\"", value);
}

Numbers numbers_of(const Napi::Value& value, const std::string& what) {
  if (!value.IsTypedArray()) refuse(what, "a Float32Array or an Int32Array", value);
  napi_typedarray_type type;
  size_t count = 0;
  void* data = nullptr;
  // Not through the array's buffer object: that of a SharedArrayBuffer has no handle in Node-API.
  const napi_status status = napi_get_typedarray_info(value.Env(), value, &type, &count, &data, nullptr, nullptr);
  if (status != napi_ok || (type != napi_float32_array && type != napi_int32_array))
    refuse(what, "a Float32Array or an Int32Array", value);
  if (data == nullptr) count = 0;
  return {type == napi_float32_array ? DType::float32 : DType::int32, data, count};
}

std::vector<float> floats_of(const Napi::Value& value, const std::string& what) {
  const Numbers numbers = numbers_of(value, what);
  if (numbers.dtype != DType::float32) refuse(what, "a Float32Array", value);
  std::vector<float> result(numbers.count);
  if (numbers.count > 0) std::memcpy(result.data(), numbers.data, numbers.count * sizeof(float));
  return result;
}

int64_t non_finite_index(const Numbers& floats) {
  const auto* bits = static_cast<const uint32_t*>(floats.data);
  constexpr uint32_t kExponent = 0x7f800000;
  constexpr size_t kBlock = 256;  // long enough for vectors, short enough to be searched again
  for (size_t start = 0; start < floats.count; start += kBlock) {
    const size_t end = std::min(start + kBlock, floats.count);
    uint32_t found = 0;
    for (size_t i = start; i < end; ++i) found |= (bits[i] & kExponent) == kExponent ? 1u : 0u;
    if (found == 0) continue;
    for (size_t i = start; i < end; ++i)
      if ((bits[i] & kExponent) == kExponent) return static_cast<int64_t>(i);
  }
  return -1;
}

std::vector<uint32_t> bits_of(const Numbers& numbers) {
  std::vector<uint32_t> result(numbers.count);
  if (numbers.count > 0) std::memcpy(result.data(), numbers.data, numbers.count * sizeof(uint32_t));
  return result;
}

std::vector<std::string> keys_of(const Napi::Object& object) {
  const Napi::Env env = object.Env();
  napi_value found;
  const auto filter = static_cast<napi_key_filter>(napi_key_enumerable | napi_key_skip_symbols);
  const napi_status status =
      napi_get_all_property_names(env, object, napi_key_own_only, filter, napi_key_numbers_to_strings, &found);
  if (status != napi_ok) throw Napi::Error::New(env);
  const Napi::Array names(env, found);
  std::vector<std::string> keys;
  for (uint32_t i = 0; i < names.Length(); ++i) keys.push_back(string_of(names.Get(i), "key"));
  return keys;
}

Napi::Float32Array float_array(Napi::Env env, const std::vector<float>& data) {
  Napi::Float32Array array = Napi::Float32Array::New(env, data.size());
  if (!data.empty()) std::memcpy(array.Data(), data.data(), data.size() * sizeof(float));
  return array;
}

Napi::Array shape_array(Napi::Env env, const std::vector<int64_t>& shape) {
  Napi::Array array = Napi::Array::New(env, shape.size());
  for (size_t i = 0; i < shape.size(); ++i) array.Set(static_cast<uint32_t>(i), static_cast<double>(shape[i]));
  return array;
}

Napi::Error javascript_error(Napi::Env env, const std::exception_ptr& error) {
  const auto make = [env](const std::string& code, const char* message) {
    Napi::Error result = Napi::Error::New(env, message);
    result.Value().Set("code", code);
    return result;
  };
  try {
    std::rethrow_exception(error);
  } catch (const Napi::Error& thrown) {
    return thrown;
  } catch (const NonFiniteError& thrown) {
    Napi::Error result = make(thrown.code(), thrown.what());
    result.Value().Set("step", static_cast<double>(thrown.step));
    result.Value().Set("layer", thrown.layer);
    result.Value().Set("what", thrown.what_failed);
    return result;
  } catch (const Error& thrown) {
    return make(thrown.code(), thrown.what());
  } catch (const std::bad_alloc&) {
    return make("MEMORY", "out of memory");
  } catch (const std::exception& thrown) {
    return make("NATIVE", thrown.what());
  } catch (...) {
    return make("NATIVE", "unknown error in the native core");
  }
}

}  // namespace netwright
