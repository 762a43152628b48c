// Contract of constant: a scalar that the plan states.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef constant_op;

// -> []
inline void verify_constant(const Node& node) {
  expect_operands(node, 0, 1);
  expect_plain(node, node.out[0], 0);
  number(node, "value");
}

}  // namespace netwright
