// Damaged nodes of matmul, the convolutions and channel_sum: verify refuses them, and what it accepts runs within its
// buffers.
#include "op_harness.h"

using namespace netwright;
using namespace netwright::test;

namespace {

using Map = std::map<std::string, Attribute>;

std::vector<double> list(std::vector<double> values) { return values; }

Tensor weight(int64_t oc, int64_t ic, int64_t kh, int64_t kw) {
  return {DType::float32, Storage::hwio, {oc, ic, kh, kw}};
}

std::vector<Node> good_nodes() {
  Map conv = {{"stride", list({2, 1})}, {"padding", list({1, 0, 2, 1})}, {"dilation", list({1, 2})},
              {"groups", 2.0},          {"inputShape", list({4, 5, 7})}, {"kernel", list({3, 2})}};
  const Tensor x = image(2, 4, 5, 7), w = weight(6, 2, 3, 2), y = image(2, 6, 3, 6);
  Map forward = conv, grad_x = conv, grad_weight = conv;
  forward.erase("inputShape"), forward.erase("kernel");
  grad_x.erase("kernel"), grad_weight.erase("inputShape");
  const Map plain_product = {{"ta", false}, {"tb", false}}, transposed = {{"ta", true}, {"tb", true}};
  return {
      {"matmul", "layer", {plain({3, 4}), plain({4, 5})}, {plain({3, 5})}, {plain_product}},
      {"matmul", "layer", {plain({4, 3}), plain({5, 4}), plain({5})}, {plain({3, 5})}, {transposed}},
      {"channel_sum", "layer", {x}, {plain({4})}, {}},
      {"channel_sum", "layer", {plain({9, 4})}, {plain({4})}, {}},
      {"conv2d", "layer", {x, w}, {y}, {forward}},
      {"conv2d", "layer", {x, w, plain({6})}, {y}, {forward}},
      {"conv2d_grad_x", "layer", {y, w}, {x}, {grad_x}},
      {"conv2d_grad_weight", "layer", {x, y}, {w}, {grad_weight}},
  };
}

void run_safely(const Node& node) {
  Case test;
  test.node = node;
  for (const Tensor& tensor : node.in) test.in.push_back(random_values(tensor.count()));
  bool non_finite = false, kept = false;
  for (Isa isa : supported_isas()) run_node(test, isa, 1, {-1, -1}, non_finite, kept);
  report(kept, describe(node) + ": changed an input");
}

bool refused(const Node& node) {
  try {
    find_op(node.op)->verify(node);
    return false;
  } catch (const Error& error) {
    report(error.code() == "PLAN" || error.code() == "SHAPE", describe(node) + ": " + error.what());
    report(std::string(error.what()).find("layer") != std::string::npos, text("names the layer: ", error.what()));
    return true;
  }
}

void expect_refused(const Node& node, const std::string& why) {
  report(refused(node), describe(node) + " accepted " + why);
}

// With `precision`, which may be absent but not anything else.
void check_precision(Node node) {
  for (const char* known : {"float32", "bf16"}) {
    node.attributes.values["precision"] = std::string(known);
    find_op(node.op)->verify(node);
    run_safely(node);
  }
  for (const Attribute& other : std::vector<Attribute>{std::string("fp16"), std::string(), 16.0, true, list({1, 1})}) {
    node.attributes.values["precision"] = other;
    expect_refused(node, "a wrong precision");
  }
}

void check_safe(const Node& node) {
  if (!refused(node)) run_safely(node);
}

void damage_operand(const Node& good, bool input, size_t index) {
  const Tensor& tensor = (input ? good.in : good.out)[index];
  auto changed = [&](auto change) {
    Node bad = good;
    change((input ? bad.in : bad.out)[index]);
    return bad;
  };
  expect_refused(changed([](Tensor& t) { t.dtype = DType::int32; }), "int32");
  for (Storage storage : {Storage::plain, Storage::nhwc, Storage::hwio})
    if (storage != tensor.storage)
      expect_refused(changed([storage](Tensor& t) { t.storage = storage; }), "another storage");
  expect_refused(changed([](Tensor& t) { t.shape.push_back(1); }), "another axis");
  expect_refused(changed([](Tensor& t) { t.shape.pop_back(); }), "a missing axis");
  expect_refused(changed([](Tensor& t) { t.shape.clear(); }), "a scalar");
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    for (int64_t size : {int64_t{0}, int64_t{-1}, int64_t{1} << 41, INT64_MAX / 2, INT64_MAX})
      expect_refused(changed([axis, size](Tensor& t) { t.shape[axis] = size; }), text("size ", size));
    for (int64_t step : {-1, 1}) check_safe(changed([axis, step](Tensor& t) { t.shape[axis] += step; }));
  }
}

void damage_attribute(const Node& good, const std::string& name) {
  const Attribute& value = good.attributes.values.at(name);
  auto changed = [&](auto change) {
    Node bad = good;
    change(bad.attributes.values[name]);
    return bad;
  };
  Node missing = good;
  missing.attributes.values.erase(name);
  expect_refused(missing, "no " + name);
  for (const Attribute& other : std::vector<Attribute>{std::string("text"), 1.0, true, list({1, 1})})
    if (other.index() != value.index())
      expect_refused(changed([&](Attribute& a) { a = other; }), "another type of " + name);
  if (std::holds_alternative<bool>(value)) check_safe(changed([](Attribute& a) { a = !std::get<bool>(a); }));
  const double infinity = std::numeric_limits<double>::infinity();
  for (double number :
       {-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 1e9, 2147483647.0, 2147483648.0, 1e300, -infinity, std::nan("")}) {
    if (std::holds_alternative<double>(value)) check_safe(changed([&](Attribute& a) { a = number; }));
    if (const auto* numbers = std::get_if<std::vector<double>>(&value))
      for (size_t i = 0; i < numbers->size(); ++i)
        check_safe(changed([&](Attribute& a) { std::get<std::vector<double>>(a)[i] = number; }));
  }
  if (std::holds_alternative<std::vector<double>>(value)) {
    expect_refused(changed([](Attribute& a) { std::get<std::vector<double>>(a).pop_back(); }), "a shorter " + name);
    expect_refused(changed([](Attribute& a) { std::get<std::vector<double>>(a).push_back(1); }), "a longer " + name);
  }
}

void damage(const Node& good) {
  for (size_t i = 0; i < good.in.size(); ++i) damage_operand(good, true, i);
  for (size_t i = 0; i < good.out.size(); ++i) damage_operand(good, false, i);
  for (const auto& entry : good.attributes.values) damage_attribute(good, entry.first);
  Node bad = good;
  bad.in.clear();
  expect_refused(bad, "no inputs");
  bad = good;
  bad.in.push_back(plain({7}));
  expect_refused(bad, "another input");
  bad = good;
  bad.out.clear();
  expect_refused(bad, "no outputs");
  bad = good;
  bad.out.push_back(plain({7}));
  expect_refused(bad, "another output");
}

}  // namespace

int main() {
  for (const Node& good : good_nodes()) {
    try {
      find_op(good.op)->verify(good);
      run_safely(good);
      damage(good);
      if (good.op != "channel_sum") check_precision(good);
    } catch (const std::exception& error) {
      report(false, describe(good) + ": " + error.what());
    }
  }
  return checks.report();
}
