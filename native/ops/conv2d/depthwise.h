// Convolutions with one channel a group: no product of matrices, but elementwise over channels.
#pragma once

#include "core/op.h"
#include "ops/conv2d/regions.h"

namespace netwright {

// The convolution (regions of the forward axes) or its data gradient (of the gradient axes); weights [position,
// channels].
struct Depthwise {
  // A row of a region.
  struct Line {
    int64_t region;
    int64_t row;
  };

  Isa isa;
  int64_t n, channels;
  int64_t input_h, input_w, output_h, output_w;
  Regions regions;
  std::vector<Line> lines;
  double operations;
};

Depthwise plan_depthwise(const ConvGeometry& g, Isa isa, bool gradient);

void run_depthwise(const Depthwise& plan, const float* input, const float* weights, const Epilogue& epilogue,
                   float* output, Stream& stream);

void run_depthwise_weight_gradient(const ConvGeometry& g, Isa isa, const float* x, const float* dy, float* dw,
                                   Stream& stream);

// What the loops of one instruction set are given: the pixels of a line, all channels.
struct DepthwiseLine {
  const float* input;
  const float* weights;
  Epilogue epilogue;
  float* output;
  const Tap* taps;
  int64_t tap_count;
  int64_t pixels, channels;
  int64_t input_step, output_step;  // elements from pixel to pixel
};

// Or the rows of x and dy whose products one kernel position adds up, for at most one vector of channels.
struct DepthwiseSum {
  const float* x;
  const float* dy;
  float* dw;
  int64_t images, rows, pixels, channels;
  int64_t x_image, x_row, x_step;
  int64_t dy_image, dy_row, dy_step;
};

}  // namespace netwright
