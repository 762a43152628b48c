// The product behind a convolution's forward pass and its data gradient, by regions and tiles.
#pragma once

#include <string>
#include <vector>

#include "core/op.h"
#include "ops/conv2d/regions.h"

namespace netwright {

// Output [n, output_pixels, groups * columns] = bias + sum over kernel positions and depth of
// input [n, input_pixels, groups * depth] times weights [kernel position, depth, columns] of each group.
struct CorrelateShape {
  int64_t n;
  int64_t input_h, input_w;
  int64_t output_h, output_w;
  int64_t groups, depth, columns;
  int64_t positions;
};

// Where rows of a tile come from. lines: pixels of an image row or column, input as it lies. bordered: pixels of an
// image row, from a copy of the input with columns of zeros beside it, so that a row is one line and not an interior
// with a pixel or two at its ends. images: the images of a block at a pixel (and at its neighbours), from a copy of the
// input in the order [block][pixel][image][c]: small images have short rows, and images a power of two apart would fall
// on the same cache sets.
enum class RowsFrom { lines, bordered, images };

// Columns of zeros beside an image, after which every output column meets all kernel columns, and the regions then.
struct Borders {
  int64_t left, right;
  Regions regions;
};

// Output pixels that one item computes: part number `part` of a region's line number `line`.
struct OutputLine {
  int64_t region;
  bool down;  // along y, not x
  int64_t line;
  int64_t part, parts;
};

struct Correlate {
  CorrelateShape shape;  // bordered: input_w is that of the copy
  Regions regions;
  const TileSet* tiles;
  RowsFrom rows_from;
  int64_t left, right;  // bordered: columns of zeros in the copy
  int64_t blocks;       // of images; lines: one for each image
  // Blocks are many: a thread copies one, computes all of it and goes on to the next in the same memory.
  bool whole_blocks;
  int workers;
  int vectors;     // of the widest chunk
  Tiling columns;  // only its chunks matter, not its bands
  std::vector<OutputLine> lines;
  double cycles;  // estimated
  double item_ns;
  double operations;

  int64_t first_image(int64_t block) const { return split_begin(shape.n, blocks, block); }
  int64_t most_images() const { return (shape.n + blocks - 1) / blocks; }
  int64_t block_copy_elements() const { return (most_images() * image_elements() + 15) / 16 * 16; }
  int64_t image_elements() const { return shape.input_h * shape.input_w * shape.groups * shape.depth; }
  int64_t input_copy_elements() const;  // 0 for lines
  std::string name() const;             // "lines tile 12x2"
};

// `join` says whether regions were made with joined taps, which need the input as it lies.
Correlate plan_correlate(const CorrelateShape& shape, Regions regions, Borders borders, bool join,
                         const Target& target);

// Where a chunk of columns of one group finds its weights: element [position, k, column] of the chunk is at
// base + position * position_step + k * row_step + column.
struct ChunkWeights {
  const float* base;
  int64_t position_step;
  int64_t row_step;
};

// Weights as packed by the data gradient: [group][chunk][position][depth][columns of the chunk].
ChunkWeights packed_chunk(const Correlate& plan, const float* packed, int64_t group, int64_t chunk);
// Weights as they lie: [position][depth][groups * columns].
ChunkWeights plain_chunk(const Correlate& plan, const float* weights, int64_t group, int64_t chunk);

using ChunkFunction = ChunkWeights (*)(const Correlate&, const float*, int64_t, int64_t);

// `input_copy` has input_copy_elements().
void run_correlate(const Correlate& plan, const float* input, const float* weights, ChunkFunction chunk_weights,
                   const Epilogue& epilogue, float* output, float* input_copy, Stream& stream);

}  // namespace netwright
