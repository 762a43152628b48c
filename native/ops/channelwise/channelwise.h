// Contract of the ops with one number for each channel: standardize, unstandardize, channel_multiply, channel_divide.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef standardize_op, unstandardize_op, channel_multiply_op, channel_divide_op;

// x [n, c] or [n, c, h, w], `operands` times [c] -> as x
inline void verify_channelwise(const Node& node, size_t operands) {
  expect_operands(node, 1 + operands, 1);
  const Channels view = expect_channels(node, node.in[0]);
  expect_same(node, node.in[0], node.out[0]);
  for (size_t i = 1; i <= operands; ++i) expect_per_channel(node, node.in[i], view.channels);
}

inline void verify_channel_scale(const Node& node) { verify_channelwise(node, 1); }
inline void verify_standardize(const Node& node) { verify_channelwise(node, 2); }

}  // namespace netwright
