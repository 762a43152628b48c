// Normalisation and its gradient along rows of channels, with what may follow it in the same pass.
#pragma once

#include <cstdint>

#include "ops/batch_norm/sums.h"

namespace netwright {

// none: y = z; relu: y = max(z, 0); residual_relu: y = max(z + residual, 0); z is the normalised value.
enum class Epilogue { none, relu, residual_relu };

// One number a channel, repeated to the width of wide rows: z = (x - mean) * factor + shift, and GradientTerms.
struct NormOperands {
  const float *mean, *factor, *shift, *offset, *slope;
};

// Elements in wide rows of `width`, `count` in all. Pointers may be equal where a kernel runs in place.
struct NormRows {
  int64_t width, count;
  const float* x;
  const float* dy;        // gradients only
  const float* residual;  // residual_relu: forward
  const float* y;         // residual_relu: sums, whose sign tells where the gradient passes
  float* out;             // forward: y; sums with residual_relu: the gradient behind the relu; gradient: dx
  float* sums;            // [2, width]: of the gradient dz behind the epilogue, and of dz * (x - mean)
};

using NormRowFunction = void (*)(const NormRows&, const NormOperands&);

struct NormRowFunctions {
  NormRowFunction forward;
  NormRowFunction sums;
  NormRowFunction gradient;  // residual_relu: dy is what `sums` wrote
};

NormRowFunctions norm_row_functions(Isa isa, Epilogue epilogue);

// Whole passes over a value: work is cut into wide rows.
struct NormPasses {
  NormRowFunctions rows;
  BlockSums sums;

  const ChannelGrid& grid() const { return sums.grid; }
  // Workspace: of the sums, and float operands [5, width].
  size_t workspace_bytes() const { return sums.workspace_bytes() + 5 * grid().operand_bytes(); }
  float* operand(void* workspace, int64_t index) const {
    return sums.scratch(workspace, sums.threads) + index * grid().width();
  }
};

NormPasses plan_passes(const Channels& view, const Target& target, Epilogue epilogue);

// y from x with mean, factor and shift [c].
void run_norm_forward(const NormPasses& passes, const float* x, const float* residual, const float* mean,
                      const float* factor, const float* shift, float* y, void* workspace, Stream& stream);

struct NormGradient {
  const float *dy, *x, *y, *scale, *shift, *mean,
      *inverse_deviation;                   // y only with residual_relu; shift not without relu
  float *dx, *dscale, *dshift, *dresidual;  // dresidual only with residual_relu
};

void run_norm_gradient(const NormPasses& passes, const NormGradient& values, void* workspace, Stream& stream);

}  // namespace netwright
