// What the optimizers share: flat values of one length, and one sweep over them that also looks for non-finite
// parameters.
#pragma once

#include "ops/contract.h"
#include "ops/kernel.h"

namespace netwright {

// `slots` values of optimizer state: params, grads, slots -> params, slots. All plain, float32 and of one shape.
inline void verify_optimizer(const Node& node, size_t slots) {
  expect_operands(node, 2 + slots, 1 + slots);
  for (const Tensor& tensor : node.in) expect_same(node, tensor, node.in[0]);
  for (const Tensor& tensor : node.out) expect_same(node, tensor, node.in[0]);
  expect_storage(node, node.in[0], Storage::plain);
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
