// Normalisation, relu and the maxima of 2x2 windows in one pass, and the gradient of the three.
#pragma once

#include <cstdint>

#include "ops/batch_norm/rows.h"

namespace netwright {

// Rows of windows: y [rows, ow, c] from x [2 * rows, 2 * ow, c]. Operands are [c].
struct NormWindows {
  int64_t ow, c;
  const float* x;
  const float* dy;  // gradients only
  float* out;       // y or dx
  float* sums;      // [2, c]: of dy at the pixel of each window's maximum, and of that times (x - mean)
};

using NormWindowFunction = void (*)(const NormWindows&, const NormOperands&, int64_t begin, int64_t end);

struct WindowPasses {
  NormWindowFunction forward, sums, gradient;
  int64_t rows, ow, c;
  int64_t block_rows;

  int64_t blocks() const { return block_count(rows, block_rows); }
  // Workspace: double partials [blocks, 2, c], float sums [threads, 2, c], float operands [3, c].
  int64_t threads;
  size_t workspace_bytes() const;
};

// x [n, c, h, w] with even h and w.
WindowPasses plan_window_passes(const Tensor& x, const Target& target);

void run_window_forward(const WindowPasses& passes, const float* x, const NormOperands& operands, float* y,
                        Stream& stream);
// As run_norm_gradient, with dy of the windows.
void run_window_gradient(const WindowPasses& passes, const NormGradient& values, void* workspace, Stream& stream);

}  // namespace netwright
