// Contract of batch_norm, its gradient, its inference form and the running averages of its statistics.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef batch_norm_op, batch_norm_grad_op, batch_norm_inference_op, batch_norm_fold_op, running_average_op;

inline float decode_epsilon(const Node& node) {
  const double epsilon = number(node, "epsilon");
  expect_plan(node, epsilon >= 0, "attribute \"epsilon\" is ", epsilon, ", expected at least 0");
  return static_cast<float>(epsilon);
}

// x, scale [c], shift [c] -> y as x, mean [c], inverse_deviation [c], sample_variance [c]
inline void verify_batch_norm(const Node& node) {
  expect_operands(node, 3, 4);
  const Channels view = expect_channels(node, node.in[0]);
  expect_same(node, node.in[0], node.out[0]);
  for (size_t i = 1; i < 3; ++i) expect_per_channel(node, node.in[i], view.channels);
  for (size_t i = 1; i < 4; ++i) expect_per_channel(node, node.out[i], view.channels);
  expect_shape(node, view.rows > 1, "batch norm needs more than one value per channel to take a variance of, found ",
               shape_text(node.in[0].shape), "; use a larger batch or dropLast");
  decode_epsilon(node);
}

// dy, x, scale [c], mean [c], inverse_deviation [c] -> dx as x, dscale [c], dshift [c]
inline void verify_batch_norm_grad(const Node& node) {
  expect_operands(node, 5, 3);
  const Channels view = expect_channels(node, node.in[1]);
  expect_same(node, node.in[0], node.in[1]);
  expect_same(node, node.out[0], node.in[1]);
  for (size_t i = 2; i < 5; ++i) expect_per_channel(node, node.in[i], view.channels);
  for (size_t i = 1; i < 3; ++i) expect_per_channel(node, node.out[i], view.channels);
}

// x, scale [c], shift [c], mean [c], variance [c] -> y as x
inline void verify_batch_norm_inference(const Node& node) {
  expect_operands(node, 5, 1);
  const Channels view = expect_channels(node, node.in[0]);
  expect_same(node, node.in[0], node.out[0]);
  for (size_t i = 1; i < 5; ++i) expect_per_channel(node, node.in[i], view.channels);
  decode_epsilon(node);
}

// scale, shift, mean, variance [, bias], all [c] -> factor, offset [c]
inline void verify_batch_norm_fold(const Node& node) {
  expect_operands(node, node.in.size() == 5 ? 5 : 4, 2);
  expect_plain(node, node.in[0], 1);
  for (const Tensor& tensor : node.in) expect_same(node, tensor, node.in[0]);
  for (const Tensor& tensor : node.out) expect_same(node, tensor, node.in[0]);
  decode_epsilon(node);
}

inline float decode_momentum(const Node& node) {
  const double momentum = number(node, "momentum");
  expect_plan(node, momentum >= 0 && momentum <= 1, "attribute \"momentum\" is ", momentum, ", expected 0 to 1");
  return static_cast<float>(momentum);
}

// state, value -> state, all [c]
inline void verify_running_average(const Node& node) {
  expect_operands(node, 2, 1);
  expect_same(node, node.in[0], node.in[1]);
  expect_same(node, node.in[0], node.out[0]);
  expect_storage(node, node.in[0], Storage::plain);
  decode_momentum(node);
}

}  // namespace netwright
