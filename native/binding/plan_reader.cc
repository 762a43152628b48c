// Reads values, nodes and attributes of a plan one by one.
#include "binding/plan_reader.h"

#include <array>

namespace netwright {

namespace {

// Index of a word in a list of choices.
template <class Choice, size_t count>
Choice choice_of(const Napi::Value& value, const std::string& what, const std::array<Choice, count>& choices) {
  const std::string word = string_of(value, what);
  for (Choice choice : choices)
    if (word == name_of(choice)) return choice;
  throw Error("PLAN", text(what, ": \"", word, "\" is unknown"));
}

constexpr std::array<Role, 8> kRoles = {Role::input, Role::param, Role::state,  Role::grad,
                                        Role::slot,  Role::temp,  Role::output, Role::metric};
constexpr std::array<Storage, 3> kStorages = {Storage::plain, Storage::nhwc, Storage::hwio};
constexpr std::array<DType, 2> kDTypes = {DType::float32, DType::int32};
constexpr std::array<Phase, 2> kPhases = {Phase::compute, Phase::update};

Initializer read_initializer(const Napi::Value& value, const std::string& what) {
  const Napi::Object object = object_of(value, what);
  const std::string kind = string_of(object.Get("kind"), what + " kind");
  const auto number = [&](const char* name) { return number_of(object.Get(name), what + " " + name); };
  if (kind == "constant") return {Initializer::Kind::constant, number("value"), 0};
  if (kind == "uniform") return {Initializer::Kind::uniform, number("low"), number("high")};
  if (kind == "normal") return {Initializer::Kind::normal, number("mean"), number("deviation")};
  throw Error("PLAN", text(what, ": there is no initializer \"", kind, '"'));
}

PlanValue read_value(const Napi::Value& value, const std::string& what) {
  const Napi::Object object = object_of(value, what);
  PlanValue result;
  result.name = string_of(object.Get("name"), what + " name");
  result.shape = integers_of(object.Get("shape"), what + " shape");
  result.dtype = choice_of(object.Get("dtype"), what + " dtype", kDTypes);
  result.role = choice_of(object.Get("role"), what + " role", kRoles);
  result.storage = choice_of(object.Get("storage"), what + " storage", kStorages);
  const auto optional = [&](const char* name, int64_t& into) {
    const Napi::Value found = object.Get(name);
    if (!is_missing(found)) into = integer_of(found, what + " " + name, 0, kMostInteger);
  };
  optional("offset", result.offset);
  optional("slot", result.slot);
  const Napi::Value init = object.Get("init");
  if (!is_missing(init)) result.init = read_initializer(init, what + " init");
  const Napi::Value flat = object.Get("flat");
  result.flat = !is_missing(flat) && boolean_of(flat, what + " flat");
  return result;
}

Attribute read_attribute(const Napi::Value& value, const std::string& what) {
  if (value.IsNumber()) return value.As<Napi::Number>().DoubleValue();
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  const Napi::Array array = array_of(value, what);
  std::vector<double> numbers;
  for (uint32_t i = 0; i < array.Length(); ++i) numbers.push_back(number_of(array.Get(i), what));
  return numbers;
}

PlanNode read_node(const Napi::Value& value, const std::string& what) {
  const Napi::Object object = object_of(value, what);
  PlanNode result;
  result.op = string_of(object.Get("op"), what + " op");
  result.label = string_of(object.Get("label"), what + " label");
  result.in = integers_of(object.Get("in"), what + " in");
  result.out = integers_of(object.Get("out"), what + " out");
  const Napi::Object attributes = object_of(object.Get("attributes"), what + " attributes");
  for (const std::string& key : keys_of(attributes))
    result.attributes.values.emplace(key, read_attribute(attributes.Get(key), what + " attribute " + key));
  result.phase = choice_of(object.Get("phase"), what + " phase", kPhases);
  return result;
}

std::shared_ptr<const Plan> read_whole(const Napi::Value& value) {
  const Napi::Object object = object_of(value, "plan");
  auto plan = std::make_shared<Plan>();
  const Napi::Array values = array_of(object.Get("values"), "plan values");
  for (uint32_t i = 0; i < values.Length(); ++i) {
    const Napi::HandleScope scope(value.Env());
    plan->values.push_back(read_value(values.Get(i), text("plan value ", i)));
  }
  const Napi::Array nodes = array_of(object.Get("nodes"), "plan nodes");
  for (uint32_t i = 0; i < nodes.Length(); ++i) {
    const Napi::HandleScope scope(value.Env());
    plan->nodes.push_back(read_node(nodes.Get(i), text("plan node ", i)));
  }
  const Napi::Object arenas = object_of(object.Get("arenas"), "plan arenas");
  const auto size = [&](const char* name) {
    return integer_of(arenas.Get(name), text("plan arena ", name), 0, kMostInteger);
  };
  plan->arenas = {size("param"), size("state"), size("slots")};
  return plan;
}

}  // namespace

std::shared_ptr<const Plan> read_plan(const Napi::Value& value) {
  try {
    return read_whole(value);
  } catch (const Error& error) {
    throw Error("PLAN", error.what());
  }
}

}  // namespace netwright
