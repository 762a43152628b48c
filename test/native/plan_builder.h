// Small plans for native tests, written as compile() in TypeScript would write them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/plan.h"

namespace netwright {

class PlanBuilder {
 public:
  Plan plan;

  int64_t value(const std::string& name, std::vector<int64_t> shape, Role role = Role::temp) {
    PlanValue value;
    value.name = name;
    value.shape = std::move(shape);
    value.role = role;
    if (value.shape.size() == 4 && value.has_batch()) value.storage = Storage::nhwc;
    plan.values.push_back(value);
    return static_cast<int64_t>(plan.values.size()) - 1;
  }

  int64_t param(const std::string& name, std::vector<int64_t> shape,
                Initializer init = {Initializer::Kind::uniform, -0.5, 0.5}) {
    const int64_t id = value(name, std::move(shape), Role::param);
    PlanValue& made = at(id);
    if (made.shape.size() == 4) made.storage = Storage::hwio;
    made.init = init;
    made.offset = plan.arenas.param;
    plan.arenas.param += (row_count(made) + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
    return id;
  }

  int64_t state(const std::string& name, std::vector<int64_t> shape, double start) {
    const int64_t id = value(name, std::move(shape), Role::state);
    at(id).init = Initializer{Initializer::Kind::constant, start, 0};
    at(id).offset = plan.arenas.state;
    plan.arenas.state += (row_count(at(id)) + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
    return id;
  }

  // The gradient of a parameter, at the same place in the arena of gradients.
  int64_t gradient(int64_t param) {
    const PlanValue source = at(param);
    const int64_t id = value(source.name + ".gradient", source.shape, Role::grad);
    at(id).storage = source.storage;
    at(id).offset = source.offset;
    return id;
  }

  int64_t flat(const std::string& name, Role role, int64_t slot = -1) {
    const int64_t id = value(name, {plan.arenas.param}, role);
    at(id).flat = true;
    at(id).offset = 0;
    at(id).slot = slot;
    if (slot >= plan.arenas.slots) plan.arenas.slots = slot + 1;
    return id;
  }

  void node(const std::string& op, std::vector<int64_t> in, std::vector<int64_t> out, const std::string& label = "",
            std::map<std::string, Attribute> attributes = {}, Phase phase = Phase::compute) {
    plan.nodes.push_back({op, label, std::move(in), std::move(out), Attributes{std::move(attributes)}, phase});
  }

  // y = x of the given shape, temp
  int64_t op(const std::string& op, std::vector<int64_t> in, std::vector<int64_t> shape, const std::string& label = "",
             std::map<std::string, Attribute> attributes = {}) {
    const int64_t out = value(text(op, ".", plan.values.size()), std::move(shape));
    node(op, std::move(in), {out}, label, std::move(attributes));
    return out;
  }

  PlanValue& at(int64_t id) { return plan.values[static_cast<size_t>(id)]; }
  int64_t id_of(const std::string& name) const {
    for (size_t id = 0; id < plan.values.size(); ++id)
      if (plan.values[id].name == name) return static_cast<int64_t>(id);
    return -1;
  }
  std::shared_ptr<const Plan> share() const { return std::make_shared<const Plan>(plan); }
};

inline std::map<std::string, Attribute> transposed(bool a, bool b) { return {{"ta", a}, {"tb", b}}; }

inline void finish_training(PlanBuilder& b, int64_t loss) {
  const int64_t gradients = b.flat("gradients", Role::grad);
  b.node("all_finite", {loss, gradients}, {});
}

inline void momentum_sgd(PlanBuilder& b) {
  const int64_t parameters = b.flat("parameters", Role::param), velocity = b.flat("velocity", Role::slot, 0);
  b.node("sgd", {parameters, b.id_of("gradients"), velocity}, {parameters, velocity}, "optimizer",
         {{"momentum", 0.9}, {"dampening", 0.0}, {"nesterov", false}, {"weightDecay", 0.0}}, Phase::update);
}

// [batch, 3] -> dense 8, relu, dense 2, mean squared error.
struct DensePlans {
  PlanBuilder train, evaluate, predict;

  DensePlans() {
    train = forward(true);
    PlanBuilder& b = train;
    const int64_t x = b.id_of("x"), target = b.id_of("target"), y = b.id_of("y"), hidden = b.id_of("hidden");
    const int64_t loss = b.value("loss", {}, Role::metric);
    b.node("mean_squared_error", {y, target}, {loss}, "mse");
    const int64_t one = b.op("constant", {}, {}, "", {{"value", 1.0}});
    const int64_t dy = b.op("mean_squared_error_grad", {one, y, target}, {-1, 2}, "mse");
    const int64_t w1 = b.id_of("w1"), b1 = b.id_of("b1"), w2 = b.id_of("w2"), b2 = b.id_of("b2");
    b.node("matmul", {hidden, dy}, {b.gradient(w2)}, "second", transposed(true, false));
    b.node("channel_sum", {dy}, {b.gradient(b2)}, "second");
    const int64_t dhidden = b.op("matmul", {dy, w2}, {-1, 8}, "second", transposed(false, true));
    const int64_t dpre = b.op("relu_grad", {dhidden, hidden}, {-1, 8}, "relu");
    b.node("matmul", {x, dpre}, {b.gradient(w1)}, "first", transposed(true, false));
    b.node("channel_sum", {dpre}, {b.gradient(b1)}, "first");
    finish_training(b, loss);
    momentum_sgd(b);

    evaluate = forward(true);
    const int64_t metric = evaluate.value("loss", {}, Role::metric);
    evaluate.node("mean_squared_error", {evaluate.id_of("y"), evaluate.id_of("target")}, {metric}, "mse");
    predict = forward(false);
    predict.at(predict.id_of("y")).role = Role::output;
    evaluate.plan.arenas = predict.plan.arenas = train.plan.arenas;
  }

 private:
  static PlanBuilder forward(bool with_target) {
    PlanBuilder b;
    const int64_t x = b.value("x", {-1, 3}, Role::input);
    if (with_target) b.value("target", {-1, 2}, Role::input);
    const int64_t w1 = b.param("w1", {3, 8}), b1 = b.param("b1", {8}), w2 = b.param("w2", {8, 2}),
                  b2 = b.param("b2", {2});
    const int64_t pre = b.op("matmul", {x, w1, b1}, {-1, 8}, "first", transposed(false, false));
    const int64_t hidden = b.value("hidden", {-1, 8}), y = b.value("y", {-1, 2});
    b.node("relu", {pre}, {hidden}, "relu");
    b.node("matmul", {hidden, w2, b2}, {y}, "second", transposed(false, false));
    return b;
  }
};

using List = std::vector<double>;

// [batch, 2, 6, 6] -> conv2d 4, batch norm, relu, max pool, dropout, flatten, dense 3, cross entropy with labels.
inline PlanBuilder convolution_plan() {
  PlanBuilder b;
  const int64_t x = b.value("x", {-1, 2, 6, 6}, Role::input), label = b.value("label", {-1}, Role::input);
  b.at(label).dtype = DType::int32;
  const int64_t kernel = b.param("conv.weight", {4, 2, 3, 3}),
                scale = b.param("norm.scale", {4}, {Initializer::Kind::constant, 1, 0});
  const int64_t shift = b.param("norm.shift", {4}, {}), w = b.param("dense.weight", {36, 3}),
                bias = b.param("dense.bias", {3});
  const int64_t mean = b.state("norm.mean", {4}, 0), variance = b.state("norm.variance", {4}, 1);
  const std::map<std::string, Attribute> conv = {
      {"stride", List{1, 1}}, {"padding", List{1, 1, 1, 1}}, {"dilation", List{1, 1}}, {"groups", 1.0}};
  const std::map<std::string, Attribute> pool = {
      {"kernel", List{2, 2}}, {"stride", List{2, 2}}, {"padding", List{0, 0, 0, 0}}};
  const std::map<std::string, Attribute> drop = {{"rate", 0.25}, {"stream", 1234.0}};
  const std::vector<int64_t> image = {-1, 4, 6, 6}, small = {-1, 4, 3, 3};
  const int64_t c = b.op("conv2d", {x, kernel}, image, "conv", conv);
  const int64_t normed = b.value("normed", image), batch_mean = b.value("batch_mean", {4});
  const int64_t inverse = b.value("inverse", {4}), sample = b.value("sample", {4});
  b.node("batch_norm", {c, scale, shift}, {normed, batch_mean, inverse, sample}, "norm", {{"epsilon", 1e-5}});
  const int64_t active = b.op("relu", {normed}, image, "relu");
  const int64_t pooled = b.op("max_pool2d", {active}, small, "pool", pool);
  const int64_t dropped = b.op("dropout", {pooled}, small, "drop", drop);
  const int64_t row = b.op("flatten", {dropped}, {-1, 36}, "flatten");
  const int64_t logits = b.op("matmul", {row, w, bias}, {-1, 3}, "dense", transposed(false, false));
  const int64_t target = b.op("one_hot", {label}, {-1, 3}, "target", {{"classes", 3.0}});
  const int64_t loss = b.value("loss", {}, Role::metric), accuracy = b.value("accuracy", {}, Role::metric);
  b.node("softmax_cross_entropy", {logits, target}, {loss}, "loss");
  b.node("accuracy", {logits, target}, {accuracy}, "accuracy");
  const int64_t one = b.op("constant", {}, {}, "", {{"value", 1.0}});
  const int64_t dlogits = b.op("softmax_cross_entropy_grad", {one, logits, target}, {-1, 3}, "loss");
  b.node("matmul", {row, dlogits}, {b.gradient(w)}, "dense", transposed(true, false));
  b.node("channel_sum", {dlogits}, {b.gradient(bias)}, "dense");
  const int64_t drow = b.op("matmul", {dlogits, w}, {-1, 36}, "dense", transposed(false, true));
  const int64_t ddropped = b.op("unflatten", {drow}, small, "flatten", {{"shape", List{4, 3, 3}}});
  const int64_t dpooled = b.op("dropout", {ddropped}, small, "drop", drop);
  const int64_t dactive = b.op("max_pool2d_grad", {dpooled, active, pooled}, image, "pool", pool);
  const int64_t dnormed = b.op("relu_grad", {dactive, active}, image, "relu");
  const int64_t dc = b.value("dc", image);
  b.node("batch_norm_grad", {dnormed, c, scale, batch_mean, inverse}, {dc, b.gradient(scale), b.gradient(shift)},
         "norm");
  auto weight_attributes = conv;
  weight_attributes["kernel"] = List{3, 3};
  b.node("conv2d_grad_weight", {x, dc}, {b.gradient(kernel)}, "conv", weight_attributes);
  finish_training(b, loss);
  b.node("running_average", {mean, batch_mean}, {mean}, "norm", {{"momentum", 0.1}}, Phase::update);
  b.node("running_average", {variance, sample}, {variance}, "norm", {{"momentum", 0.1}}, Phase::update);
  momentum_sgd(b);
  return b;
}

}  // namespace netwright
