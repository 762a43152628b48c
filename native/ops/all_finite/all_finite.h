// Contract of all_finite: the check between the backward pass and the update.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef all_finite_op;

// loss [], flat gradients -> nothing; sets StepState::non_finite
inline void verify_all_finite(const Node& node) {
  expect_plan(node, !node.in.empty(), "expected at least one input");
  expect_operands(node, node.in.size(), 0);
}

}  // namespace netwright
