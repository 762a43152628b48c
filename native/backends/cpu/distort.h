// The loop that distorts an image, by instruction set.
#pragma once

#include "core/affine.h"
#include "simd/isa.h"

namespace netwright {

DistortFunction distort_function(Isa isa);

}  // namespace netwright
