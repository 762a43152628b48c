// Runs the product of a convolution: every item is a part of an output line times a chunk of columns.
#include "ops/conv2d/correlate.h"

#include <algorithm>
#include <cstring>

namespace netwright {

namespace {

void copy_input(const Correlate& plan, const float* input, float* copy, Stream& stream) {
  const int64_t pixels = plan.shape.input_h * plan.shape.input_w;
  const int64_t channels = plan.shape.groups * plan.shape.depth;
  const double cost = static_cast<double>(plan.most_images()) * (3 + static_cast<double>(channels) / 16);
  stream.parallel(plan.blocks * pixels, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t block = i / pixels, pixel = i % pixels;
      const int64_t first = plan.first_image(block), images = plan.first_image(block + 1) - first;
      const float* from = input + (first * pixels + pixel) * channels;
      float* to = copy + (first * pixels + pixel * images) * channels;
      for (int64_t image = 0; image < images; ++image)
        std::memcpy(to + image * channels, from + image * pixels * channels,
                    static_cast<size_t>(channels) * sizeof(float));
    }
  });
}

// Rows of a line: the input of row r is at `input` + r * input_row, its output at `output` + its offset.
struct LineRows {
  const float* input;
  int64_t input_row;
  int64_t input_scale;  // elements of a pixel step in taps
  float* output;
  int64_t count;
  int64_t images;  // rows of one pixel
  int64_t pixel_step, image_step;

  void output_offsets(int64_t first, int64_t rows, int64_t* offsets) const {
    int64_t pixel = first / images, image = first % images;
    for (int64_t r = 0; r < rows; ++r) {
      offsets[r] = pixel * pixel_step + image * image_step;
      if (++image == images) image = 0, ++pixel;
    }
  }
};

LineRows locate(const Correlate& plan, const OutputLine& line, int64_t block, const float* input, float* output) {
  const CorrelateShape& s = plan.shape;
  const Region& region = plan.regions.regions[static_cast<size_t>(line.region)];
  const int64_t in_channels = s.groups * s.depth, out_channels = s.groups * s.columns;
  const int64_t first = plan.first_image(block);
  const int64_t images = plan.rows_from == RowsFrom::images ? plan.first_image(block + 1) - first : 1;
  const bool joined_pixels = plan.rows_from == RowsFrom::lines || plan.regions.input_step_x == 1;
  // The line's first pixel, counted within the region.
  int64_t y = line.down ? 0 : line.line, x = line.down ? line.line : 0;
  if (!joined_pixels) y = line.line / region.count_x, x = line.line % region.count_x;

  LineRows rows;
  rows.images = images;
  rows.input_scale = images * in_channels;
  rows.input = input + first * s.input_h * s.input_w * in_channels +
               (y * plan.regions.input_step_y * s.input_w + x * plan.regions.input_step_x) * rows.input_scale;
  rows.input_row = in_channels;
  if (plan.rows_from == RowsFrom::lines)
    rows.input_row *= line.down ? plan.regions.input_step_y * s.input_w : plan.regions.input_step_x;
  rows.output = output + ((first * s.output_h + region.first_y + y * region.step_y) * s.output_w + region.first_x +
                          x * region.step_x) *
                             out_channels;
  rows.pixel_step = (line.down ? region.step_y * s.output_w : region.step_x) * out_channels;
  rows.image_step = s.output_h * s.output_w * out_channels;
  rows.count = images * (line.down ? region.count_y : joined_pixels ? region.count_x : 1);
  return rows;
}

void run_line(const Correlate& plan, const OutputLine& line, const LineRows& rows, const ChunkWeights& weights,
              const Epilogue& epilogue, int64_t columns) {
  const Region& region = plan.regions.regions[static_cast<size_t>(line.region)];
  const int64_t begin = split_begin(rows.count, line.parts, line.part);
  const int64_t end = split_begin(rows.count, line.parts, line.part + 1);
  const int64_t most = plan.tiles->most_rows[(columns + plan.tiles->lanes - 1) / plan.tiles->lanes];
  const int64_t bands = (end - begin + most - 1) / most;
  int64_t offsets[kMostTileRows];
  TileCall call = {};
  call.b = weights.base;
  call.c = rows.output;
  call.epilogue = epilogue;
  call.taps = plan.regions.taps.data() + region.taps_begin;
  call.tap_count = region.taps_count;
  call.a_scale = rows.input_scale;
  call.b_scale = weights.position_step;
  call.depth = region.depth;
  call.a_row = rows.input_row;
  call.a_step = 1;
  call.b_step = weights.row_step;
  call.c_rows = offsets;
  call.last_columns = last_columns(*plan.tiles, columns);
  for (int64_t band = 0; band < bands; ++band) {
    const int64_t first = begin + split_begin(end - begin, bands, band);
    const int64_t count = begin + split_begin(end - begin, bands, band + 1) - first;
    rows.output_offsets(first, count, offsets);
    call.a = rows.input + first * rows.input_row;
    tile_function(*plan.tiles, false, count, columns)(call);
  }
}

}  // namespace

void run_correlate(const Correlate& plan, const float* input, const float* weights, ChunkFunction chunk_weights,
                   const Epilogue& epilogue, float* output, float* input_copy, Stream& stream) {
  if (plan.rows_from == RowsFrom::images) {
    copy_input(plan, input, input_copy, stream);
    input = input_copy;
  }
  const int64_t lines = static_cast<int64_t>(plan.lines.size());
  const int64_t chunks = plan.columns.chunks;
  const int64_t items = plan.blocks * plan.shape.groups * chunks * lines;
  stream.parallel(items, plan.item_ns, [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const OutputLine& line = plan.lines[static_cast<size_t>(item % lines)];
      const int64_t chunk = item / lines % chunks;
      const int64_t group = item / (lines * chunks) % plan.shape.groups;
      const int64_t block = item / (lines * chunks * plan.shape.groups);
      const int64_t column = group * plan.shape.columns + plan.columns.first_column(chunk);
      LineRows rows = locate(plan, line, block, input, output);
      rows.input += group * plan.shape.depth;
      rows.output += column;
      run_line(plan, line, rows, chunk_weights(plan, weights, group, chunk), epilogue.from_column(column),
               plan.columns.chunk_columns(chunk));
    }
  });
}

}  // namespace netwright
