// Random affine distortion of training images: how far it may go, and the map of one image, the same as
// lib/data/augment/distortion.ts has.
#pragma once

#include <cstdint>
#include <vector>

namespace netwright {

// How far the images of an epoch may be distorted.
struct AffineRange {
  double rotation = 0;     // degrees, to either side
  double translation = 0;  // share of height and width, to either side
  double smallest_scale = 1, largest_scale = 1;
  double shear = 0;         // degrees, to either side
  bool flip = false;        // mirrors every other image, left to right
  std::vector<float> fill;  // what lies outside, for each channel; empty: the nearest pixel of the edge
};

// Where the pixel of a distorted image comes from: column xx * column + xy * row + x, row yx * column + yy * row + y.
struct AffineMap {
  float xx, xy, x;
  float yx, yy, y;
};

// An image as [channels, height, width], and how its distorted copy is stored.
struct ImageLayout {
  int64_t channels, height, width;
  int64_t channel_step, pixel_step;  // elements from one to the next
};

// Writes the distorted copy, bilinear between pixels. `fill` has a number for each channel or is null.
using DistortFunction = void (*)(const ImageLayout& image, const AffineMap& map, const float* fill, const float* from,
                                 float* to);

// Throws Error("ARGUMENT") unless the range can be drawn from.
void check_range(const AffineRange& range);

// Keyed by seed, epoch and the row's index in the data set: neither order nor batches nor threads matter.
AffineMap draw_affine(const AffineRange& range, const ImageLayout& image, uint64_t seed, uint64_t epoch, uint64_t row);

}  // namespace netwright
