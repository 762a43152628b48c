// Products whose operands are rounded to bfloat16: the attribute that asks for it, and which kernel computes them.
#pragma once

#include "blas/bf16_tiles.h"
#include "core/op.h"

namespace netwright {

// Throws PLAN unless `precision` is absent, "float32" or "bf16".
void verify_precision(const Node& node);

using BindFunction = BoundKernel (*)(const Node&, const Target&);
// May return a kernel without a function: then operands are rounded in front of the float32 kernel.
using Bf16BindFunction = BoundKernel (*)(const Node&, const Target&, const Bf16Tiles&);

// The float32 kernel, the one in bfloat16, or the float32 kernel on rounded copies of inputs 0 and 1.
BoundKernel bind_product(const Node& node, const Target& target, BindFunction float32, Bf16BindFunction bf16);

template <BindFunction float32, Bf16BindFunction bf16>
BoundKernel bind_with_precision(const Node& node, const Target& target) {
  return bind_product(node, target, float32, bf16);
}

}  // namespace netwright
