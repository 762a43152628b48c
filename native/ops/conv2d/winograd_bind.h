// Whether Winograd computes a convolution, and as which kernel.
#pragma once

#include <optional>

#include "ops/conv2d/conv2d.h"

namespace netwright {

// Nothing when the direct kernel, estimated at `direct_cycles`, is to be used. `gradient`: of the data.
std::optional<BoundKernel> bind_winograd(const Node& node, const Target& target, const ConvGeometry& geometry,
                                         bool gradient, double direct_cycles);

// `direct_operations`: floating-point operations of the direct kernel.
std::optional<BoundKernel> bind_winograd_weight(const Node& node, const Target& target, const ConvGeometry& geometry,
                                                double direct_operations);

}  // namespace netwright
