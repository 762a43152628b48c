// The weight gradient of a convolution: for every kernel position a product over all pixels.
#pragma once

#include "blas/brgemm.h"
#include "core/op.h"
#include "ops/conv2d/regions.h"

namespace netwright {

struct WeightGradient {
  // Kernel rows meet different output rows: taps of kernel row ky are rows[ky], image by image.
  struct KernelRow {
    std::vector<Tap> taps;  // of a whole block of images
    int64_t taps_of_image;
  };

  ConvGeometry g;
  const TileSet* tiles;
  // With few input channels the kernel columns are rows of the product too, and the input is copied with borders at its
  // sides.
  bool joined;
  int64_t copy_width;
  Tiling tiling;  // [group inputs or kw * c, group outputs]
  std::vector<KernelRow> rows;
  int64_t block_images;
  double item_ns;
  double operations;

  int64_t copy_elements() const { return joined ? g.n * g.h * copy_width * g.c : 0; }
};

WeightGradient plan_weight_gradient(const ConvGeometry& geometry, const TileSet& tiles);

// `copy` has copy_elements().
void run_weight_gradient(const WeightGradient& plan, const float* x, const float* dy, float* dw, float* copy,
                         Stream& stream);

}  // namespace netwright
