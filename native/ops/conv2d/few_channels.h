// A convolution of very few input channels: the first layer of most networks.
#pragma once

#include <optional>
#include <vector>

#include "core/op.h"
#include "blas/brgemm.h"
#include "ops/conv2d/conv2d.h"

namespace netwright {

// Pixels of some output lines times one or two vectors of output channels. Value k of a pixel's input is at an offset
// of its own, so that one loop runs over kernel positions and channels together.
struct LinesCall {
  const float* input;
  int64_t input_line, input_pixel;  // steps
  const int64_t* offsets;           // [depth]
  int64_t depth;
  const float* weights;  // [depth, oc]
  int64_t weight_step;
  Epilogue epilogue;
  float* output;
  int64_t output_line, output_pixel;
  int64_t lines, pixels;
  int64_t last_columns;  // of the last vector
};

using LinesFunction = void (*)(const LinesCall&);

// Some lines of an image are copied with borders of zeros, so that all pixels are alike.
struct FewChannels {
  ConvGeometry g;
  int lanes;
  LinesFunction functions[2][3];  // [partial last vector][vectors]
  std::vector<int64_t> offsets;
  int64_t line_blocks;
  int64_t copy_lines, copy_pitch;  // of the largest block; elements from line to line
  int workers;
  double item_ns;
  double operations;

  int64_t copy_elements() const { return (copy_lines * copy_pitch + 15) / 16 * 16; }
};

// Nothing where the borders would be too large a part, or channels too many.
std::optional<FewChannels> plan_few_channels(const ConvGeometry& geometry, const Target& target, double operations);

// `copies` has workers * copy_elements().
void run_few_channels(const FewChannels& plan, const float* x, const float* weights, const Epilogue& epilogue, float* y,
                      float* copies, Stream& stream);

}  // namespace netwright
