// Contract of gradient_norm: the norm of all gradients, and the check that they are finite in the same pass.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef gradient_norm_op;

// flat gradients -> []; sets StepState::non_finite. A norm beyond float32 is infinite, which is no failure: clipping by
// it leaves no gradient.
inline void verify_gradient_norm(const Node& node) {
  expect_operands(node, 1, 1);
  expect_plain(node, node.in[0], 1);
  expect_plain(node, node.out[0], 0);
}

}  // namespace netwright
