// Contract of the losses, their gradients, and the two measures that have none.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef softmax_cross_entropy_op, softmax_cross_entropy_grad_op;
extern const OpDef mean_squared_error_op, mean_squared_error_grad_op;
extern const OpDef gaussian_nll_op, gaussian_nll_grad_op;
extern const OpDef mean_absolute_error_op, accuracy_op;

// Inputs from `first` on have one shape and storage.
inline void expect_equal_inputs(const Node& node, size_t first) {
  for (size_t i = first; i < node.in.size(); ++i) expect_same(node, node.in[first], node.in[i]);
}

// prediction, target (any equal shapes) -> []
inline void verify_element_loss(const Node& node) {
  expect_operands(node, 2, 1);
  expect_equal_inputs(node, 0);
  expect_plain(node, node.out[0], 0);
}

// dloss [], prediction, target -> dprediction
inline void verify_element_loss_grad(const Node& node) {
  expect_operands(node, 3, 1);
  expect_plain(node, node.in[0], 0);
  expect_equal_inputs(node, 1);
  expect_same(node, node.in[1], node.out[0]);
}

// Two inputs [n, c] -> []
inline void verify_row_loss(const Node& node) {
  verify_element_loss(node);
  expect_plain(node, node.in[0], 2);
}

// dloss [], logits [n, c], target [n, c] -> dlogits
inline void verify_row_loss_grad(const Node& node) {
  verify_element_loss_grad(node);
  expect_plain(node, node.in[1], 2);
}

// mean [n, t], log_variance [n, t], target [n, t] -> []
inline void verify_gaussian_nll(const Node& node) {
  expect_operands(node, 3, 1);
  expect_equal_inputs(node, 0);
  expect_plain(node, node.in[0], 2);
  expect_plain(node, node.out[0], 0);
}

// dloss [], mean [n, t], log_variance [n, t], target [n, t] -> dmean, dlog_variance
inline void verify_gaussian_nll_grad(const Node& node) {
  expect_operands(node, 4, 2);
  expect_plain(node, node.in[0], 0);
  expect_equal_inputs(node, 1);
  expect_plain(node, node.in[1], 2);
  expect_same(node, node.in[1], node.out[0]);
  expect_same(node, node.in[1], node.out[1]);
}

}  // namespace netwright
