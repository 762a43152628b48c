// Batch normalisation on the processor: statistics of the batch, then one pass over the elements.
#include <cmath>

#include "ops/batch_norm/batch_norm.h"
#include "ops/batch_norm/rows.h"
#include "ops/batch_norm/statistics.h"

namespace netwright {
namespace {

// Workspace: of statistics and passes in turn, then float factor [c].
struct BatchNorm {
  Statistics statistics;
  NormPasses passes;
  float epsilon;

  size_t shared_bytes() const { return std::max(statistics.workspace_bytes(), passes.workspace_bytes()); }
  float* factor(const Args& args) const {
    return reinterpret_cast<float*>(static_cast<char*>(args.workspace) + shared_bytes());
  }
  size_t workspace_bytes() const {
    return shared_bytes() + static_cast<size_t>(passes.grid().channels) * sizeof(float);
  }
};

void run_batch_norm(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNorm>(args);
  const float* x = args.input(0);
  float* inverse = args.output(2);
  run_statistics(norm.statistics, x, norm.epsilon, args.workspace, args.output(1), inverse, args.output(3), stream);
  float* factor = norm.factor(args);
  for (int64_t j = 0; j < norm.passes.grid().channels; ++j) factor[j] = args.input(1)[j] * inverse[j];
  run_norm_forward(norm.passes, x, nullptr, args.output(1), factor, args.input(2), args.output(0), args.workspace,
                   stream);
}

void run_batch_norm_grad(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNorm>(args);
  const NormGradient values = {args.input(0), args.input(1),  nullptr,        args.input(2),  nullptr, args.input(3),
                               args.input(4), args.output(0), args.output(1), args.output(2), nullptr};
  run_norm_gradient(norm.passes, values, args.workspace, stream);
}

void run_batch_norm_inference(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNorm>(args);
  const float* variance = args.input(4);
  float* factor = norm.factor(args);
  for (int64_t j = 0; j < norm.passes.grid().channels; ++j)
    factor[j] = static_cast<float>(args.input(1)[j] / std::sqrt(static_cast<double>(variance[j]) + norm.epsilon));
  run_norm_forward(norm.passes, args.input(0), nullptr, args.input(3), factor, args.input(2), args.output(0),
                   args.workspace, stream);
}

BoundKernel bind_norm(const Node& node, const Target& target, RunFunction run, float epsilon, double operations) {
  const Channels view = channels_of(node.out[0]);
  const BatchNorm norm{plan_statistics(view, target), plan_passes(view, target, Epilogue::none), epsilon};
  const double elements = static_cast<double>(view.rows * view.channels);
  BoundKernel bound = make_kernel(node, target, run, norm, operations * elements);
  bound.workspace_bytes = norm.workspace_bytes();
  return bound;
}

BoundKernel bind_batch_norm(const Node& node, const Target& target) {
  return bind_norm(node, target, run_batch_norm, decode_epsilon(node), 7);
}

BoundKernel bind_batch_norm_grad(const Node& node, const Target& target) {
  return bind_norm(node, target, run_batch_norm_grad, 0, 9);
}

BoundKernel bind_batch_norm_inference(const Node& node, const Target& target) {
  return bind_norm(node, target, run_batch_norm_inference, decode_epsilon(node), 3);
}

// Normalisation as a factor and an offset: bias is what was added in front of it.
struct Fold {
  int64_t count;
  float epsilon;
  bool biased;
};

void run_batch_norm_fold(const Args& args, Stream&) {
  const auto& fold = data_of<Fold>(args);
  for (int64_t j = 0; j < fold.count; ++j) {
    const float factor =
        static_cast<float>(args.input(0)[j] / std::sqrt(static_cast<double>(args.input(3)[j]) + fold.epsilon));
    const float bias = fold.biased ? args.input(4)[j] : 0.0f;
    args.output(0)[j] = factor;
    args.output(1)[j] = (bias - args.input(2)[j]) * factor + args.input(1)[j];
  }
}

BoundKernel bind_batch_norm_fold(const Node& node, const Target& target) {
  const Fold fold{node.in[0].count(), decode_epsilon(node), node.in.size() == 5};
  return make_kernel(node, target, run_batch_norm_fold, fold, 0);
}

struct RunningAverage {
  int64_t count;
  float momentum;
};

void run_running_average(const Args& args, Stream&) {
  const auto& average = data_of<RunningAverage>(args);
  const float* state = args.input(0);
  const float* value = args.input(1);
  float* result = args.output(0);
  for (int64_t i = 0; i < average.count; ++i)
    result[i] = (1.0f - average.momentum) * state[i] + average.momentum * value[i];
}

BoundKernel bind_running_average(const Node& node, const Target& target) {
  const int64_t count = node.out[0].count();
  return make_kernel(node, target, run_running_average, RunningAverage{count, decode_momentum(node)}, 3.0 * count);
}

}  // namespace

const OpDef batch_norm_op = {"batch_norm", verify_batch_norm, bind_batch_norm, {{0, 0}}};
const OpDef batch_norm_grad_op = {"batch_norm_grad", verify_batch_norm_grad, bind_batch_norm_grad, {{0, 0}, {1, 0}}};
const OpDef batch_norm_inference_op = {
    "batch_norm_inference", verify_batch_norm_inference, bind_batch_norm_inference, {{0, 0}}};
const OpDef batch_norm_fold_op = {"batch_norm_fold", verify_batch_norm_fold, bind_batch_norm_fold};
const OpDef running_average_op = {"running_average", verify_running_average, bind_running_average, {{0, 0}}};

}  // namespace netwright
