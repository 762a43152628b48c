// Contract of flatten and unflatten: images with channels last to rows in the order c, h, w, and back.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef flatten_op, unflatten_op;

inline void expect_flat_form(const Node& node, const Tensor& image, const Tensor& flat) {
  expect_image(node, image);
  expect_plain(node, flat, 2);
  expect_dimensions(node, flat, {image.dim(0), image.count() / image.dim(0)});
}

// x [n, c, h, w] -> [n, c*h*w]
inline void verify_flatten(const Node& node) {
  expect_operands(node, 1, 1);
  expect_flat_form(node, node.in[0], node.out[0]);
}

// x [n, c*h*w] -> [n, c, h, w]
inline void verify_unflatten(const Node& node) {
  expect_operands(node, 1, 1);
  expect_flat_form(node, node.out[0], node.in[0]);
  const std::vector<int64_t> shape = integers(node, "shape", 3, 1);
  expect_dimensions(node, node.out[0], {node.in[0].dim(0), shape[0], shape[1], shape[2]});
}

}  // namespace netwright
