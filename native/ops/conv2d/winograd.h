// 3x3 convolutions of stride 1 with 16 instead of 36 multiplications for 2x2 output pixels: tiles of pixels and the
// kernels are transformed, multiplied position by position, and transformed back.
#pragma once

#include <vector>

#include "blas/brgemm.h"
#include "blas/pack.h"
#include "core/stream.h"
#include "ops/conv2d/conv2d.h"
#include "ops/conv2d/winograd_transform.h"

namespace netwright {

// The image of a tile and its first output pixel.
struct WinogradPlace {
  int64_t image, y, x;
};

// The images of a convolution cut into tiles of 2x2 output pixels, counted image by image.
struct WinogradTiles {
  int64_t n;
  int64_t input_h, input_w;
  int64_t output_h, output_w;
  int64_t top, left;

  int64_t down() const { return (output_h + 1) / 2; }
  int64_t across() const { return (output_w + 1) / 2; }
  int64_t count() const { return n * down() * across(); }
  WinogradPlace place(int64_t tile) const;
  void advance(WinogradPlace& place) const;  // to the next tile
  // Pixels of [n, h, w, channels] that a tile reads; `outside` [channels] stands for those beyond the image.
  void input_pixels(const WinogradPlace& place, const float* input, int64_t channels, const float* outside,
                    const float** pixels) const;
  // Output pixels of a tile; `outside` beyond the image.
  template <class Pixel>
  void output_pixels(const WinogradPlace& place, Pixel* output, int64_t channels, Pixel* outside,
                     Pixel** pixels) const {
    Pixel* corner = output + ((place.image * output_h + place.y) * output_w + place.x) * channels;
    const bool wide = place.x + 1 < output_w, high = place.y + 1 < output_h;
    pixels[0] = corner;
    pixels[1] = wide ? corner + channels : outside;
    pixels[2] = high ? corner + output_w * channels : outside;
    pixels[3] = wide && high ? corner + (output_w + 1) * channels : outside;
  }
};

WinogradTiles forward_tiles(const ConvGeometry& geometry);
WinogradTiles gradient_tiles(const ConvGeometry& geometry);  // the data gradient: from dy to dx

// Whether the convolution is one that Winograd computes, and within the tolerances of the direct kernels.
bool winograd_fits(const ConvGeometry& geometry);

// Measured costs beside the multiplications, in cycles of which each multiplies one vector.
struct WinogradCycles {
  static constexpr double call = 80;    // of the microkernel
  static constexpr double place = 100;  // of a tile, to find its pixels
  static constexpr double input = 80;   // a vector of a tile; twice as much when images come from beyond the caches
  static constexpr double output = 60;
  static constexpr double kernel = 100;
};

// Of the transforms of all images of both sides.
double image_cycles(const WinogradTiles& tiles, int64_t input_channels, int64_t output_channels, int64_t lanes);

// Forward pass and data gradient. A group of tiles is transformed by the worker that multiplies it, while it is in that
// core's cache; with few groups all are transformed first, so that chunks of columns are work for more threads.
struct Winograd {
  WinogradTiles tiles;
  const TileSet* tile_set;
  WinogradTransforms transforms;
  TransposeFunction transpose;
  bool gradient;  // weights are read flipped, [columns, depth]
  int64_t depth, columns;
  Tiling chunks;  // of columns; its bands do not matter
  int64_t groups;
  bool few_groups;
  int64_t workers;
  std::vector<float> outside;
  double cycles;
  double operations;

  // Kernels: [chunk][position][depth][columns of the chunk].
  int64_t kernel_step(int64_t chunk) const { return winograd_step(depth * chunks.chunk_columns(chunk)); }
  int64_t chunk_elements() const { return kWinogradPositions * winograd_step(depth * chunks.vectors * chunks.lanes); }
  int64_t kernel_elements() const { return chunk_elements() * chunks.chunks; }
  // Transformed tiles: [group, or worker][position][tile][depth].
  int64_t first_tile(int64_t group) const { return split_begin(tiles.count(), groups, group); }
  int64_t most_group() const { return (tiles.count() + groups - 1) / groups; }
  int64_t tile_step() const { return winograd_step(most_group() * depth); }
  int64_t group_elements() const { return kWinogradPositions * tile_step(); }
  int64_t workspace_elements() const { return kernel_elements() + group_elements() * (few_groups ? groups : workers); }
};

Winograd plan_winograd(const ConvGeometry& geometry, bool gradient, const Target& target);

// `workspace` has workspace_elements().
void run_winograd(const Winograd& plan, const float* input, const float* weights, const Epilogue& epilogue,
                  float* output, float* workspace, Stream& stream);

}  // namespace netwright
