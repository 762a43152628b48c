// Convolutions on tiles in bfloat16: forward and data gradient by regions, weight gradient over rows of pixels.
#pragma once

#include "blas/bf16_tiles.h"
#include "core/op.h"

namespace netwright {

BoundKernel bind_bf16_conv2d(const Node& node, const Target& target, const Bf16Tiles& tiles);
BoundKernel bind_bf16_conv2d_grad_x(const Node& node, const Target& target, const Bf16Tiles& tiles);
BoundKernel bind_bf16_conv2d_grad_weight(const Node& node, const Target& target, const Bf16Tiles& tiles);

}  // namespace netwright
