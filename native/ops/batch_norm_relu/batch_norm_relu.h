// Contract of batch norm with what usually follows it: a residual added, relu, and max pooling over 2x2 windows.
#pragma once

#include "ops/batch_norm/batch_norm.h"

namespace netwright {

extern const OpDef batch_norm_relu_op, batch_norm_relu_grad_op;

// The attribute `window`: 1 for none, 2 for the maxima of 2x2 windows that do not overlap.
inline int64_t decode_window(const Node& node) { return integer(node, "window", 1, 2); }

inline void expect_windows(const Node& node, const Tensor& x, const Tensor& y, int64_t window) {
  if (window == 1) return expect_same(node, x, y);
  expect_image(node, x);
  expect_image(node, y);
  expect_shape(node, x.dim(2) % 2 == 0 && x.dim(3) % 2 == 0, "2x2 windows need an even height and width, found ",
               shape_text(x.shape));
  expect_dimensions(node, y, {x.dim(0), x.dim(1), x.dim(2) / 2, x.dim(3) / 2});
}

// x, scale [c], shift [c] [, residual as x] -> y, mean [c], inverse_deviation [c], sample_variance [c]
inline void verify_batch_norm_relu(const Node& node) {
  expect_operands(node, node.in.size() == 4 ? 4 : 3, 4);
  const int64_t window = decode_window(node);
  const Channels view = expect_channels(node, node.in[0]);
  expect_windows(node, node.in[0], node.out[0], window);
  for (size_t i = 1; i < 3; ++i) expect_per_channel(node, node.in[i], view.channels);
  for (size_t i = 1; i < 4; ++i) expect_per_channel(node, node.out[i], view.channels);
  if (node.in.size() == 4) {
    expect_plan(node, window == 1, "a residual goes with window 1");
    expect_same(node, node.in[0], node.in[3]);
  }
  expect_shape(node, view.rows > 1, "batch norm needs more than one value per channel to take a variance of, found ",
               shape_text(node.in[0].shape), "; use a larger batch or dropLast");
  decode_epsilon(node);
}

// dy, x, scale [c], shift [c], mean [c], inverse_deviation [c] [, y] -> dx, dscale [c], dshift [c] [, dresidual]
// y and dresidual are there when the forward op had a residual.
inline void verify_batch_norm_relu_grad(const Node& node) {
  const bool residual = node.in.size() == 7;
  expect_operands(node, residual ? 7 : 6, residual ? 4 : 3);
  const int64_t window = decode_window(node);
  const Channels view = expect_channels(node, node.in[1]);
  expect_windows(node, node.in[1], node.in[0], window);
  expect_same(node, node.in[1], node.out[0]);
  for (size_t i = 2; i < 6; ++i) expect_per_channel(node, node.in[i], view.channels);
  for (size_t i = 1; i < 3; ++i) expect_per_channel(node, node.out[i], view.channels);
  if (!residual) return;
  expect_plan(node, window == 1, "a residual goes with window 1");
  expect_same(node, node.in[0], node.in[6]);
  expect_same(node, node.in[0], node.out[3]);
}

}  // namespace netwright
