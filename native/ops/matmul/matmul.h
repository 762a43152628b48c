// Contract of matmul: y [m, n] = op(a) op(b) + bias; a is [m, k], or [k, m] with ta; b is [k, n], or [n, k] with tb.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef matmul_op;

void verify_matmul(const Node& node);

}  // namespace netwright
