// Contract of concat, slice and slice_grad along the channel axis of [n, c] or [n, c, h, w].
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef concat_op, slice_op, slice_grad_op;

// Two values equal in all but axis 1.
inline void expect_same_rows(const Node& node, const Tensor& a, const Tensor& b) {
  bool same = a.rank() == b.rank();
  for (size_t axis = 0; same && axis < a.shape.size(); ++axis) same = axis == 1 || a.shape[axis] == b.shape[axis];
  expect_shape(node, same, "expected equal shapes but for the channels, found ", shape_text(a.shape), " and ",
               shape_text(b.shape));
}

// x1 ... xk -> y
inline void verify_concat(const Node& node) {
  expect_plan(node, !node.in.empty(), "expected at least one input");
  expect_operands(node, node.in.size(), 1);
  expect_channels(node, node.out[0]);
  int64_t channels = 0;
  for (const Tensor& tensor : node.in) {
    channels += expect_channels(node, tensor).channels;
    expect_same_rows(node, tensor, node.out[0]);
  }
  expect_shape(node, channels == node.out[0].dim(1), "the inputs have ", channels, " channels together, the output ",
               node.out[0].dim(1));
}

// Channels [start, end) of the wider value make up the narrower one.
struct Slice {
  int64_t rows, channels, start, end;
};

inline Slice decode_slice(const Node& node, const Tensor& wide, const Tensor& narrow) {
  const Channels view = expect_channels(node, wide);
  const Channels part = expect_channels(node, narrow);
  expect_same_rows(node, wide, narrow);
  const int64_t start = integer(node, "start", 0, view.channels);
  const int64_t end = node.op == "slice" ? integer(node, "end", start, view.channels) : start + part.channels;
  expect_shape(node, end <= view.channels && end - start == part.channels, "channels ", start, " to ", end, " of ",
               shape_text(wide.shape), " are not ", shape_text(narrow.shape));
  return {view.rows, view.channels, start, end};
}

// x -> channels [start, end) of x
inline void verify_slice(const Node& node) {
  expect_operands(node, 1, 1);
  decode_slice(node, node.in[0], node.out[0]);
}

// dy -> dx with `channels` channels, zero but for those from `start` on
inline void verify_slice_grad(const Node& node) {
  expect_operands(node, 1, 1);
  const Slice slice = decode_slice(node, node.out[0], node.in[0]);
  const int64_t channels = integer(node, "channels", 1, 2147483647);
  expect_shape(node, channels == slice.channels, "attribute \"channels\" is ", channels, ", the output has ",
               slice.channels);
}

}  // namespace netwright
