// Cuts the output of a convolution into rectangles whose pixels all meet the same kernel positions, so that neither
// padding nor its multiplications exist.
#pragma once

#include <cstdint>
#include <vector>

#include "blas/brgemm.h"
#include "ops/conv2d/conv2d.h"

namespace netwright {

// A kernel position and the input position that it meets at the first output position of a run.
struct AxisTap {
  int64_t kernel;
  int64_t input;
};

// Output positions first, first + step, ... along one axis that meet the same kernel positions; from one to the next
// the input positions advance by Axis::input_step.
struct AxisRun {
  int64_t first;
  int64_t step;
  int64_t count;
  std::vector<AxisTap> taps;
};

struct Axis {
  int64_t input_step;
  std::vector<AxisRun> runs;
};

Axis forward_axis(int64_t outputs, int64_t inputs, int64_t kernel, int64_t stride, int64_t before, int64_t dilation);
// The data gradient: its outputs are the convolution's inputs, and a stride gives as many interleaved runs.
Axis gradient_axis(int64_t outputs, int64_t inputs, int64_t kernel, int64_t stride, int64_t before, int64_t dilation);

struct AxisSpan {
  int64_t begin, end;
};

// Output positions whose input position for kernel position k lies inside.
AxisSpan valid_outputs(int64_t k, int64_t outputs, int64_t inputs, int64_t stride, int64_t before, int64_t dilation);

// A rectangle: a run of rows and a run of columns.
struct Region {
  int64_t first_y, step_y, count_y;
  int64_t first_x, step_x, count_x;
  int64_t taps_begin, taps_count;  // in Regions::taps
  int64_t positions;               // kernel positions, which are as many as taps unless these are joined
  int64_t depth;                   // k of a tap
};

struct Regions {
  std::vector<Region> regions;
  std::vector<Tap> taps;  // a: input pixel of the region's first output; b: kernel position
  int64_t input_step_y, input_step_x;
};

// `join`: neighbouring kernel columns read neighbouring pixels with neighbouring weights, so that a kernel row is one
// tap.
Regions make_regions(const Axis& y, const Axis& x, int64_t input_width, int64_t kernel_width, int64_t depth, bool join);

}  // namespace netwright
