// Copies pixels next to each other in the order in which tiles read them.
#pragma once

#include <cstdint>

#include "simd/isa.h"

namespace netwright {

// Pixels at from + i * outer_stride + j * inner_stride, i < outer, j < inner.
struct PixelRun {
  const float* from;
  int64_t outer, outer_stride;
  int64_t inner, inner_stride;
};

// Floats behind the last slot of a panel that packing may overwrite.
constexpr int64_t kPanelSlack = 16;

// Copies the first `width` floats of every pixel, one after the other, to slots of this width at `to`.
using PackFunction = void (*)(const PixelRun& run, int64_t width, float* to);
PackFunction pack_function(Isa isa);

}  // namespace netwright
