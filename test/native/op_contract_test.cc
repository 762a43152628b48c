// The memory-safety boundary: damaged nodes are refused by verify, and what it accepts runs within its buffers.
#include "op_harness.h"

#include <set>

using namespace netwright;
using namespace netwright::test;

namespace {

using Map = std::map<std::string, Attribute>;

Node node(const char* op, std::vector<Tensor> in, std::vector<Tensor> out, Map attributes = {}) {
  return {op, "layer", std::move(in), std::move(out), {std::move(attributes)}};
}

std::vector<double> list(std::vector<double> values) { return values; }

// At least one good node of each op that this folder's tests cover.
std::vector<Node> good_nodes() {
  const Tensor x = image(2, 3, 5, 6), y = image(2, 3, 2, 3), c = plain({3}), rows = plain({4, 3}), flat = plain({37});
  const Tensor scalar = plain({}), indexes = {DType::int32, Storage::plain, {4}};
  const Map window = {{"kernel", list({2, 2})}, {"stride", list({2, 2})}, {"padding", list({0, 0, 0, 0})}};
  Map average = window, average_grad;
  average["countIncludePad"] = false;
  average_grad = average;
  average_grad["inputShape"] = list({3, 5, 6});
  std::vector<Node> nodes;
  for (const char* op : {"relu", "sigmoid", "tanh", "exp", "log"}) nodes.push_back(node(op, {x}, {x}));
  for (const char* op : {"relu_grad", "sigmoid_grad", "tanh_grad", "add", "subtract", "multiply", "divide"})
    nodes.push_back(node(op, {rows, rows}, {rows}));
  nodes.push_back(node("affine", {rows}, {rows}, {{"scale", 2.0}, {"offset", 1.0}}));
  for (const char* op : {"standardize", "unstandardize"}) nodes.push_back(node(op, {x, c, c}, {x}));
  for (const char* op : {"channel_multiply", "channel_divide"}) nodes.push_back(node(op, {rows, c}, {rows}));
  nodes.push_back(node("max_pool2d", {x}, {y}, window));
  nodes.push_back(node("max_pool2d_grad", {y, x, y}, {x}, window));
  nodes.push_back(node("average_pool2d", {x}, {y}, average));
  nodes.push_back(node("average_pool2d_grad", {y}, {x}, average_grad));
  nodes.push_back(node("global_average_pool2d", {x}, {plain({2, 3})}));
  nodes.push_back(node("global_average_pool2d_grad", {plain({2, 3})}, {x}, {{"inputShape", list({3, 5, 6})}}));
  nodes.push_back(node("batch_norm", {x, c, c}, {x, c, c, c}, {{"epsilon", 1e-5}}));
  nodes.push_back(node("batch_norm_grad", {rows, rows, c, c, c}, {rows, c, c}));
  nodes.push_back(node("batch_norm_inference", {rows, c, c, c, c}, {rows}, {{"epsilon", 1e-5}}));
  nodes.push_back(node("batch_norm_fold", {c, c, c, c, c}, {c, c}, {{"epsilon", 1e-5}}));
  const Tensor even = image(2, 3, 4, 6), halved = image(2, 3, 2, 3);
  const Map whole = {{"epsilon", 1e-5}, {"window", 1.0}}, windows = {{"epsilon", 1e-5}, {"window", 2.0}};
  nodes.push_back(node("batch_norm_relu", {x, c, c}, {x, c, c, c}, whole));
  nodes.push_back(node("batch_norm_relu", {rows, c, c, rows}, {rows, c, c, c}, whole));
  nodes.push_back(node("batch_norm_relu", {even, c, c}, {halved, c, c, c}, windows));
  nodes.push_back(node("batch_norm_relu_grad", {x, x, c, c, c, c}, {x, c, c}, {{"window", 1.0}}));
  nodes.push_back(node("batch_norm_relu_grad", {rows, rows, c, c, c, c, rows}, {rows, c, c, rows}, {{"window", 1.0}}));
  nodes.push_back(node("batch_norm_relu_grad", {halved, even, c, c, c, c}, {even, c, c}, {{"window", 2.0}}));
  nodes.push_back(node("running_average", {c, c}, {c}, {{"momentum", 0.1}}));
  nodes.push_back(node("dropout", {x}, {x}, {{"rate", 0.5}, {"stream", 4294967295.0}}));
  nodes.push_back(node("softmax", {rows}, {rows}));
  for (const char* op : {"softmax_grad"}) nodes.push_back(node(op, {rows, rows}, {rows}));
  for (const char* op : {"softmax_cross_entropy", "mean_squared_error", "mean_absolute_error", "accuracy"})
    nodes.push_back(node(op, {rows, rows}, {scalar}));
  for (const char* op : {"softmax_cross_entropy_grad", "mean_squared_error_grad"})
    nodes.push_back(node(op, {scalar, rows, rows}, {rows}));
  nodes.push_back(node("gaussian_nll", {rows, rows, rows}, {scalar}));
  nodes.push_back(node("gaussian_nll_grad", {scalar, rows, rows, rows}, {rows, rows}));
  nodes.push_back(node("one_hot", {indexes}, {plain({4, 5})}, {{"classes", 5.0}}));
  nodes.push_back(node("concat", {x, image(2, 2, 5, 6)}, {image(2, 5, 5, 6)}));
  nodes.push_back(node("slice", {rows}, {plain({4, 2})}, {{"start", 1.0}, {"end", 3.0}}));
  nodes.push_back(node("slice_grad", {plain({4, 2})}, {rows}, {{"start", 1.0}, {"channels", 3.0}}));
  nodes.push_back(node("flatten", {x}, {plain({2, 90})}));
  nodes.push_back(node("unflatten", {plain({2, 90})}, {x}, {{"shape", list({3, 5, 6})}}));
  nodes.push_back(node("constant", {}, {scalar}, {{"value", 1.0}}));
  nodes.push_back(node("all_finite", {scalar, flat}, {}));
  nodes.push_back(node("gradient_norm", {flat}, {scalar}));
  nodes.push_back(node("sgd", {flat, flat}, {flat},
                       {{"momentum", 0.0}, {"dampening", 0.0}, {"nesterov", false}, {"weightDecay", 0.0}}));
  const size_t first_optimizer = nodes.size() - 1;
  nodes.push_back(node("sgd", {flat, flat, flat}, {flat, flat},
                       {{"momentum", 0.9}, {"dampening", 0.0}, {"nesterov", true}, {"weightDecay", 0.0}}));
  nodes.push_back(
      node("rmsprop", {flat, flat, flat, flat, flat}, {flat, flat, flat, flat},
           {{"alpha", 0.9}, {"epsilon", 1e-8}, {"momentum", 0.9}, {"centered", true}, {"weightDecay", 0.0}}));
  nodes.push_back(
      node("adam", {flat, flat, flat, flat}, {flat, flat, flat},
           {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"weightDecay", 0.0}, {"decoupled", false}}));
  for (size_t i = first_optimizer, end = nodes.size(); i < end; ++i) {
    Node clipped = nodes[i];
    clipped.in.push_back(scalar);
    clipped.attributes.values["clipNorm"] = 1.0;
    nodes.push_back(clipped);
  }
  return nodes;
}

// Any data must be safe: numbers, NaN, infinities and arbitrary bits (indexes).
void run_with_any_data(const Node& tested) {
  int64_t elements = 0;
  for (const Tensor& tensor : tested.in) elements += tensor.count();
  for (const Tensor& tensor : tested.out) elements += tensor.count();
  if (elements > 1000000) return;
  Case test;
  test.node = tested;
  for (const Tensor& tensor : tested.in) {
    std::vector<float> values = random_values(tensor.count());
    for (float& value : values) {
      const uint32_t word = generator()();
      if (word % 3 == 0) std::memcpy(&value, &word, sizeof value);
    }
    test.in.push_back(values);
  }
  bool non_finite = false, kept = false;
  for (Isa isa : supported_isas()) run_node(test, isa, 1, {-1, -1}, non_finite, kept);
  report(kept, describe(tested) + ": changed an input");
}

// Refused with an error of its own, or safe to run.
void check_safe(const Node& tested) {
  try {
    find_op(tested.op)->verify(tested);
  } catch (const Error& error) {
    report(error.code() == "PLAN" || error.code() == "SHAPE", describe(tested) + ": " + error.what());
    return;
  }
  run_with_any_data(tested);
}

// Ops that take any number or any shape of operands are only run with what they accept.
void damage_operand(const Node& good, bool input, size_t index) {
  auto each = [&](const char* why, auto change) {
    Node bad = good;
    change((input ? bad.in : bad.out)[index]);
    if (good.op == "all_finite" && std::strcmp(why, "another type") != 0 && std::strcmp(why, "no elements") != 0)
      check_safe(bad);
    else
      check_refused(bad, text(why, " at ", input ? "input " : "output ", index));
  };
  const Tensor& tensor = (input ? good.in : good.out)[index];
  each("another type", [](Tensor& t) { t.dtype = t.dtype == DType::int32 ? DType::float32 : DType::int32; });
  each("another storage", [](Tensor& t) { t.storage = t.storage == Storage::plain ? Storage::nhwc : Storage::plain; });
  each("weight storage", [](Tensor& t) { t.storage = Storage::hwio; });
  each("another rank", [](Tensor& t) { t.shape.push_back(1); });
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    each("no elements", [axis](Tensor& t) { t.shape[axis] = 0; });
    each("a negative size", [axis](Tensor& t) { t.shape[axis] = -1; });
    each("an impossible size", [axis](Tensor& t) { t.shape[axis] = INT64_MAX / 2; });
    // Not every change of one dimension is wrong for ops of one image in and one out, whose rules allow a family.
    Node larger = good, smaller = good;
    ++(input ? larger.in : larger.out)[index].shape[axis];
    --(input ? smaller.in : smaller.out)[index].shape[axis];
    check_safe(larger);
    check_safe(smaller);
  }
  if (!tensor.shape.empty()) each("a missing axis", [](Tensor& t) { t.shape.pop_back(); });
}

void damage_attributes(const Node& good) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [name, value] : good.attributes.values) {
    Node missing = good;
    missing.attributes.values.erase(name);
    check_refused(missing, "no " + name);
    for (const Attribute& other : std::vector<Attribute>{std::string("text"), 1.0, true, list({1})}) {
      if (other.index() == value.index()) continue;
      Node bad = good;
      bad.attributes.values[name] = other;
      check_refused(bad, "another type of " + name);
    }
    for (double number :
         {-1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 1e9, 2147483648.0, -1e300, 1e300, 1e-300, infinity, std::nan("")}) {
      Node bad = good;
      Attribute& attribute = bad.attributes.values[name];
      if (std::holds_alternative<double>(value)) attribute = number;
      if (auto* numbers = std::get_if<std::vector<double>>(&attribute))
        for (size_t i = 0; i < numbers->size(); ++i) {
          Node one = bad;
          std::get<std::vector<double>>(one.attributes.values[name])[i] = number;
          check_safe(one);
        }
      check_safe(bad);
    }
    if (std::holds_alternative<bool>(value)) {
      Node bad = good;
      bad.attributes.values[name] = !std::get<bool>(value);
      check_safe(bad);
    }
    if (std::holds_alternative<std::vector<double>>(value)) {
      Node shorter = good, longer = good;
      std::get<std::vector<double>>(shorter.attributes.values[name]).pop_back();
      std::get<std::vector<double>>(longer.attributes.values[name]).push_back(0);
      check_refused(shorter, "a shorter " + name);
      check_refused(longer, "a longer " + name);
    }
  }
}

void damage(const Node& good) {
  for (size_t i = 0; i < good.in.size(); ++i) damage_operand(good, true, i);
  for (size_t i = 0; i < good.out.size(); ++i) damage_operand(good, false, i);
  damage_attributes(good);
  Node more_outputs = good, none = good;
  more_outputs.out.push_back(plain({1}));
  check_refused(more_outputs, "another output");
  if (!good.in.empty()) {
    none.in.clear();
    check_refused(none, "no inputs");
    Node repeated = good, fewer = good;
    repeated.in.push_back(good.in.back());
    fewer.in.pop_back();
    if (good.op == "all_finite") {
      check_safe(repeated);
    } else {
      check_refused(repeated, "another input");
    }
    // The last input of these may be missing.
    static const std::set<std::string> optional = {"all_finite", "batch_norm_fold", "batch_norm_relu"};
    if (optional.count(good.op) != 0) {
      check_safe(fewer);
    } else {
      check_refused(fewer, "one input less");
    }
  }
  if (!good.out.empty()) {
    Node fewer = good;
    fewer.out.pop_back();
    check_refused(fewer, "one output less");
  }
}

void check_remedies() {
  try {
    const Tensor x = image(1, 3, 1, 1), c = plain({3});
    find_op("batch_norm")->verify(node("batch_norm", {x, c, c}, {x, c, c, c}, {{"epsilon", 1e-5}}));
    report(false, "batch_norm: accepted one value a channel");
  } catch (const Error& error) {
    report(error.code() == "SHAPE" && std::string(error.what()).find("larger batch or dropLast") != std::string::npos,
           text("batch_norm of one value: ", error.what()));
  }
  const Tensor flat = plain({37});
  const Map sgd = {{"momentum", 0.0}, {"dampening", 0.0}, {"nesterov", false}, {"weightDecay", 0.0}};
  for (double norm : {0.0, -0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    Map attributes = sgd;
    attributes["clipNorm"] = norm;
    check_refused(node("sgd", {flat, flat, plain({})}, {flat}, attributes), text("clipNorm ", norm));
  }
  check_refused(node("sgd", {flat, flat, plain({})}, {flat}, sgd), "a norm without clipNorm");
  const Map window = {{"kernel", list({2, 2})}, {"stride", list({1, 1})}, {"padding", list({2, 0, 0, 0})}};
  check_refused(node("max_pool2d", {image(1, 1, 4, 4)}, {image(1, 1, 5, 3)}, window), "a window of padding alone");
}

}  // namespace

int main() {
  for (const Node& good : good_nodes()) {
    try {
      find_op(good.op)->verify(good);
      run_with_any_data(good);
      damage(good);
    } catch (const std::exception& error) {
      report(false, describe(good) + ": " + error.what());
    }
  }
  check_remedies();
  return checks.report();
}
