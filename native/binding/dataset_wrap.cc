// Reads fields from typed arrays and guards the handle.
#include "binding/dataset_wrap.h"

namespace netwright {

namespace {

constexpr napi_type_tag kTag = {0x6e657477726967a1ull, 0x4461746173657401ull};

std::vector<Dataset::Source> read_sources(const Napi::Value& value) {
  const Napi::Array fields = array_of(value, "data set fields");
  std::vector<Dataset::Source> sources;
  for (uint32_t i = 0; i < fields.Length(); ++i) {
    const std::string what = text("data set field ", i);
    const Napi::Object field = object_of(fields.Get(i), what);
    Dataset::Source source;
    source.name = string_of(field.Get("name"), what + " name");
    source.shape = integers_of(field.Get("shape"), what + " shape");
    sources.push_back(std::move(source));
  }
  return sources;
}

// In a loop of its own: what runs JavaScript (getters) must come before the addresses are taken and used.
std::vector<Napi::Value> read_arrays(const Napi::Value& value, size_t count) {
  const Napi::Array fields = value.As<Napi::Array>();
  std::vector<Napi::Value> arrays;
  for (uint32_t i = 0; i < count; ++i)
    arrays.push_back(object_of(fields.Get(i), text("data set field ", i)).Get("data"));
  return arrays;
}

}  // namespace

Napi::Function DatasetWrap::define(Napi::Env env) {
  return DefineClass(env, "Dataset",
                     {InstanceAccessor<&DatasetWrap::rows>("rows"), InstanceMethod<&DatasetWrap::close>("close")});
}

DatasetWrap::DatasetWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DatasetWrap>(info) {
  guarded(info.Env(), [&] {
    const int64_t rows = integer_of(info[1], "data set rows", 1, kMostDimension);
    std::vector<Dataset::Source> sources = read_sources(info[0]);
    const std::vector<Napi::Value> arrays = read_arrays(info[0], sources.size());
    for (size_t i = 0; i < sources.size(); ++i) {
      const Numbers numbers = numbers_of(arrays[i], text("data set field \"", sources[i].name, '"'));
      sources[i].dtype = numbers.dtype;
      sources[i].data = numbers.data;
      sources[i].count = numbers.count;
    }
    data_ = std::make_shared<const Dataset>(sources, rows);
    rows_ = rows;
    info.This().As<Napi::Object>().TypeTag(&kTag);
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), static_cast<int64_t>(data_->bytes()));
  });
}

DatasetWrap::~DatasetWrap() { release(); }

void DatasetWrap::release() {
  if (!data_) return;
  Napi::MemoryManagement::AdjustExternalMemory(Env(), -static_cast<int64_t>(data_->bytes()));
  data_.reset();
}

Napi::Value DatasetWrap::rows(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    // Node checks the receiver of methods, but not that of accessors.
    check(info.This().As<Napi::Object>().CheckTypeTag(&kTag), "ARGUMENT", "rows: expected a native data set");
    return Napi::Number::New(info.Env(), static_cast<double>(rows_));
  });
}

void DatasetWrap::close(const Napi::CallbackInfo&) { release(); }

std::shared_ptr<const Dataset> DatasetWrap::data_of(const Napi::Value& value, const std::string& what) {
  const bool is_object = !is_missing(value) && value.IsObject();
  check(is_object && value.As<Napi::Object>().CheckTypeTag(&kTag), "ARGUMENT", what, ": expected a native data set");
  const std::shared_ptr<const Dataset>& data = Unwrap(value.As<Napi::Object>())->data_;
  check(data != nullptr, "DISPOSED", "the data set was disposed; make a new one");
  return data;
}

}  // namespace netwright
