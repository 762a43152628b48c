// Contract of softmax over axis 1 of [n, c] and of its gradient from the output.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef softmax_op, softmax_grad_op;

// One or two times [n, c] -> [n, c]
inline void verify_rows(const Node& node, size_t inputs) {
  expect_operands(node, inputs, 1);
  for (const Tensor& tensor : node.in) {
    expect_plain(node, tensor, 2);
    expect_same(node, tensor, node.out[0]);
  }
}

inline void verify_softmax(const Node& node) { verify_rows(node, 1); }
inline void verify_softmax_grad(const Node& node) { verify_rows(node, 2); }

}  // namespace netwright
