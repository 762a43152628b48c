// What the optimizers share: flat values of one length, and one sweep over them that clips the gradients and looks for
// non-finite parameters.
#pragma once

#include "ops/contract.h"
#include "ops/kernel.h"

namespace netwright {

// The largest norm of all gradients, and where the node finds theirs: the attribute clipNorm brings a last input.
struct Clip {
  double norm = 0;  // 0: no clipping
  size_t input = 0;

  // Factor of every gradient in this step, as PyTorch's clip_grad_norm_ has it.
  float factor(const Args& args) const {
    if (norm == 0) return 1;
    return static_cast<float>(std::min(1.0, norm / (static_cast<double>(args.input(input)[0]) + 1e-6)));
  }
};

inline Clip decode_clip(const Node& node) {
  if (!node.attributes.has("clipNorm")) return {};
  const double norm = number(node, "clipNorm");
  expect_plan(node, norm > 0, "attribute \"clipNorm\" is ", norm, ", expected above 0");
  return {norm, node.in.size() - 1};
}

// `slots` values of optimizer state: params, grads, slots [, norm of the gradients] -> params, slots. All plain,
// float32 and of one shape but for the norm, a scalar.
inline void verify_optimizer(const Node& node, size_t slots) {
  const bool clips = decode_clip(node).norm != 0;
  const size_t flat = 2 + slots;
  expect_operands(node, flat + (clips ? 1 : 0), 1 + slots);
  for (size_t i = 0; i < flat; ++i) expect_same(node, node.in[i], node.in[0]);
  for (const Tensor& tensor : node.out) expect_same(node, tensor, node.in[0]);
  expect_storage(node, node.in[0], Storage::plain);
  if (clips) expect_plain(node, node.in[flat], 0);
}

inline double decode_weight_decay(const Node& node) {
  const double value = number(node, "weightDecay");
  expect_plan(node, value >= 0, "attribute \"weightDecay\" is ", value, ", expected at least 0");
  return value;
}

// Calls update(begin, end), which tells whether all parameters that it wrote are finite, on fixed ranges of elements.
template <class Update>
void sweep_parameters(Stream& stream, int64_t count, double cost, const Update& update) {
  parallel_blocks(stream, count, cost, [&](int64_t, int64_t begin, int64_t end) {
    if (!update(begin, end)) stream.state().non_finite.store(1, std::memory_order_relaxed);
  });
}

}  // namespace netwright
