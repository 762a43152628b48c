// The weight gradient of a convolution: for every kernel position a product over all pixels.
#pragma once

#include "blas/brgemm.h"
#include "core/op.h"
#include "ops/conv2d/panels.h"
#include "ops/conv2d/regions.h"

namespace netwright {

// A rectangle of output pixels of some images, and the input pixels that these meet.
struct PixelBlock {
  int64_t row_block, column_block;
  int64_t image, images;
  int64_t first_oy, rows, first_ox, columns;
  int64_t first_iy, input_rows, first_ix, input_columns;
};

// The sum over pixels is cut into blocks. Input and output gradient of a block are copied into panels, one for each
// band of rows and each chunk of columns of the tiles, so that a tile reads neighbouring memory that stays in the
// nearest cache for all kernel positions. Images of a block lie next to each other at every pixel: long runs for small
// images.
struct WeightGradient {
  // Taps of a kernel row in a block of rows: a counts slots of an input panel, b of an output panel, for one image at
  // each pixel.
  struct KernelRow {
    int64_t first_tap, taps_of_image;
  };
  // Where a kernel column starts in the rows of a block of columns, and how many pixels it meets there.
  struct KernelColumn {
    int64_t input, output, count;
  };

  ConvGeometry g;
  const TileSet* tiles;
  PackFunction pack;
  // With few input channels the kernel columns are rows of the product too; the input has one panel, image after image,
  // with borders of zeros at its sides, and the output gradient is read as it lies.
  bool joined;
  Tiling tiling;  // [group inputs or kw * c, group outputs]
  int64_t image_blocks, row_blocks, column_blocks;
  int64_t input_pitch, output_pitch;  // slots from row to row of a panel
  std::vector<Tap> taps;
  std::vector<KernelRow> rows;          // [row block][kh]
  std::vector<KernelColumn> columns;    // [column block][kw, or 1 when joined]
  int64_t slices;                       // of the blocks: each has sums of its own, which are added up at the end
  int64_t parts;                        // of the chunks: an item is a part of the columns of a group for a slice
  int64_t input_panels, output_panels;  // elements, of the largest block
  int workers;
  double item_ns;
  double operations;

  // Images next to each other at a pixel, and images one after the other.
  int64_t inner(const PixelBlock& b) const { return joined ? 1 : b.images; }
  int64_t outer(const PixelBlock& b) const { return joined ? b.images : 1; }
  int64_t kernel_columns() const { return joined ? 1 : g.kw; }
  int64_t blocks() const { return image_blocks * row_blocks * column_blocks; }
  PixelBlock block(int64_t index) const;
  int64_t input_slot(int64_t column) const;
  int64_t weights() const { return g.kh * g.kw * g.group_inputs() * g.oc; }
  int64_t workspace_elements() const { return (slices - 1) * weights() + workers * (input_panels + output_panels); }
};

// What one thread works on: panels of a block, and sums.
struct GradientItem {
  int64_t group;
  int64_t first_chunk, last_chunk;
  float* input;         // panels
  const float* output;  // panels, or the output gradient as it lies when joined
  float* sums;
};

float* input_panel(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, int64_t band);
const float* output_panel(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, int64_t chunk);
void pack_input(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, const float* x);
// Gives `panels`.
const float* pack_output(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, const float* dy,
                         float* panels);

WeightGradient plan_weight_gradient(const ConvGeometry& geometry, const Target& target);

// `workspace` has workspace_elements().
void run_weight_gradient(const WeightGradient& plan, const float* x, const float* dy, float* dw, float* workspace,
                         Stream& stream);

}  // namespace netwright
