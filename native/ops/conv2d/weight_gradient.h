// The weight gradient of a convolution: for every kernel position a product over all pixels.
#pragma once

#include "blas/brgemm.h"
#include "core/op.h"
#include "ops/conv2d/panels.h"
#include "ops/conv2d/regions.h"

namespace netwright {

// A rectangle of output pixels of some images, and the input pixels that these meet.
struct PixelBlock {
  int64_t image, images;
  int64_t first_oy, rows, first_ox, columns;
  int64_t first_iy, input_rows, first_ix, input_columns;
};

// The sum over pixels is cut into blocks. Input and output gradient of a block are copied into panels, one for each band
// of rows and each chunk of columns of the tiles, so that a tile reads neighbouring memory that stays in the nearest
// cache for all kernel positions. Images of a block lie next to each other at every pixel: long runs for small images.
struct WeightGradient {
  ConvGeometry g;
  const TileSet* tiles;
  PackFunction pack;
  // With few input channels the kernel columns are rows of the product too; the input has one panel, image after image,
  // with borders of zeros at its sides.
  bool joined;
  Tiling tiling;  // [group inputs or kw * c, group outputs]
  int64_t image_blocks, row_blocks, column_blocks;
  int64_t slices;        // of the blocks: each has sums of its own, which are added up at the end
  int64_t chunks_of_item;
  int64_t input_panels, output_panels;  // elements, of the largest block
  int workers;
  double item_ns;
  double operations;

  int64_t blocks() const { return image_blocks * row_blocks * column_blocks; }
  PixelBlock block(int64_t index) const;
  int64_t weights() const { return g.kh * g.kw * g.group_inputs() * g.oc; }
  int64_t workspace_elements() const { return (slices - 1) * weights() + workers * (input_panels + output_panels); }
};

WeightGradient plan_weight_gradient(const ConvGeometry& geometry, const Target& target);

// `workspace` has workspace_elements().
void run_weight_gradient(const WeightGradient& plan, const float* x, const float* dy, float* dw, float* workspace,
                         Stream& stream);

}  // namespace netwright
