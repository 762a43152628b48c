// batch_norm_relu on the processor: statistics, then normalisation and what follows it in one pass.
#include "ops/batch_norm_relu/batch_norm_relu.h"

#include "ops/batch_norm/statistics.h"
#include "ops/batch_norm_relu/window.h"

namespace netwright {
namespace {

// Workspace: of whichever runs, then float factor [c].
struct BatchNormRelu {
  Statistics statistics;
  NormPasses passes;     // window 1
  WindowPasses windows;  // window 2
  bool pooled, residual;
  float epsilon;

  size_t shared_bytes() const {
    return std::max(statistics.workspace_bytes(), pooled ? windows.workspace_bytes() : passes.workspace_bytes());
  }
  size_t workspace_bytes() const {
    return shared_bytes() + static_cast<size_t>(passes.grid().channels) * sizeof(float);
  }
};

void run_batch_norm_relu(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNormRelu>(args);
  const float *x = args.input(0), *shift = args.input(2);
  float *mean = args.output(1), *inverse = args.output(2);
  run_statistics(norm.statistics, x, norm.epsilon, args.workspace, mean, inverse, args.output(3), stream);
  float* factor = reinterpret_cast<float*>(static_cast<char*>(args.workspace) + norm.shared_bytes());
  for (int64_t j = 0; j < norm.passes.grid().channels; ++j) factor[j] = args.input(1)[j] * inverse[j];
  if (norm.pooled) {
    run_window_forward(norm.windows, x, {mean, factor, shift, nullptr, nullptr}, args.output(0), stream);
  } else {
    run_norm_forward(norm.passes, x, norm.residual ? args.input(3) : nullptr, mean, factor, shift, args.output(0),
                     args.workspace, stream);
  }
}

void run_batch_norm_relu_grad(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNormRelu>(args);
  NormGradient values = {};
  values.dy = args.input(0);
  values.x = args.input(1);
  values.scale = args.input(2);
  values.shift = args.input(3);
  values.mean = args.input(4);
  values.inverse_deviation = args.input(5);
  values.dx = args.output(0);
  values.dscale = args.output(1);
  values.dshift = args.output(2);
  if (norm.residual) {
    values.y = args.input(6);
    values.dresidual = args.output(3);
  }
  if (norm.pooled)
    run_window_gradient(norm.windows, values, args.workspace, stream);
  else
    run_norm_gradient(norm.passes, values, args.workspace, stream);
}

BoundKernel bind(const Node& node, const Target& target, const Tensor& x, RunFunction run, bool residual, float epsilon,
                 double operations) {
  BatchNormRelu norm = {};
  const Channels view = channels_of(x);
  norm.statistics = plan_statistics(view, target);
  norm.passes = plan_passes(view, target, residual ? Epilogue::residual_relu : Epilogue::relu);
  norm.pooled = decode_window(node) == 2;
  norm.residual = residual;
  norm.epsilon = epsilon;
  if (norm.pooled) norm.windows = plan_window_passes(x, target);
  BoundKernel bound = make_kernel(node, target, run, norm, operations * static_cast<double>(x.count()));
  if (norm.pooled) bound.name += " 2x2";
  if (residual) bound.name += " residual";
  bound.workspace_bytes = norm.workspace_bytes();
  return bound;
}

BoundKernel bind_batch_norm_relu(const Node& node, const Target& target) {
  return bind(node, target, node.in[0], run_batch_norm_relu, node.in.size() == 4, decode_epsilon(node), 8);
}

BoundKernel bind_batch_norm_relu_grad(const Node& node, const Target& target) {
  return bind(node, target, node.in[1], run_batch_norm_relu_grad, node.in.size() == 7, 0, 12);
}

}  // namespace

const OpDef batch_norm_relu_op = {"batch_norm_relu", verify_batch_norm_relu, bind_batch_norm_relu, {{0, 0}, {3, 0}}};
const OpDef batch_norm_relu_grad_op = {
    "batch_norm_relu_grad", verify_batch_norm_relu_grad, bind_batch_norm_relu_grad, {{1, 0}, {0, 3}}};

}  // namespace netwright
