// The linear maps of Winograd's F(2x2, 3x3) (Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks"),
// one image tile or one row of a matrix at a time, in vectors along channels.
#pragma once

#include <cstdint>

#include "blas/brgemm.h"
#include "simd/isa.h"

namespace netwright {

// A tile of 4x4 input pixels and a kernel of 3x3 taps become 16 numbers each, whose products give 2x2 output pixels.
constexpr int64_t kWinogradPositions = 16;
constexpr int64_t kWinogradInputs = 16;
constexpr int64_t kWinogradOutputs = 4;

// Elements between positions, at least `elements`, so that the 16 positions fall on 16 different cache sets.
inline int64_t winograd_step(int64_t elements) { return (elements + 15) / 16 * 16 | 16; }

// `transformed` points at position 0; position p lies `position_step` elements further for every p.
struct WinogradTransforms {
  // Input pixels, [channels] each.
  void (*input)(const float* const* pixels, int64_t channels, float* transformed, int64_t position_step);
  // Kernel taps, tap t at taps + t * tap_step.
  void (*kernel)(const float* taps, int64_t tap_step, int64_t channels, float* transformed, int64_t position_step);
  // Sums of products back to output pixels, of which those outside the image are null.
  void (*output)(const float* transformed, int64_t position_step, int64_t channels, const Epilogue& epilogue,
                 float* const* pixels);
  // Gradients of output pixels: the transpose of `output`.
  void (*output_gradient)(const float* const* pixels, int64_t channels, float* transformed, int64_t position_step);
  // Sums of products to gradients of kernel taps: the transpose of `kernel`.
  void (*kernel_gradient)(const float* transformed, int64_t position_step, int64_t channels, float* taps,
                          int64_t tap_step);
};

WinogradTransforms winograd_transforms(Isa isa);

}  // namespace netwright
