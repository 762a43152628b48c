// Contract of the elementwise ops: operands of one shape and storage, no broadcasting.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef relu_op, relu_grad_op, sigmoid_op, sigmoid_grad_op, tanh_op, tanh_grad_op;
extern const OpDef exp_op, log_op, affine_op;
extern const OpDef add_op, subtract_op, multiply_op, divide_op;

// All operands of a node with `inputs` inputs and one output: float32, same shape, same storage.
inline void verify_elementwise(const Node& node, size_t inputs) {
  expect_operands(node, inputs, 1);
  for (const Tensor& tensor : node.in) expect_same(node, tensor, node.out[0]);
}

inline void verify_unary(const Node& node) { verify_elementwise(node, 1); }
inline void verify_binary(const Node& node) { verify_elementwise(node, 2); }

// y = scale * x + offset
struct Affine {
  float scale;
  float offset;
};

inline Affine decode_affine(const Node& node) {
  return {static_cast<float>(number(node, "scale")), static_cast<float>(number(node, "offset"))};
}

inline void verify_affine(const Node& node) {
  verify_elementwise(node, 1);
  decode_affine(node);
}

}  // namespace netwright
