// Runs the product of a convolution: every item is a part of an output line times a chunk of columns.
#include "ops/conv2d/correlate.h"

#include <algorithm>
#include <cstring>

#include "ops/conv2d/ahead.h"

namespace netwright {

namespace {

void copy_pixels(const Correlate& plan, const float* input, int64_t block, int64_t first, int64_t last, float* copy) {
  const int64_t channels = plan.shape.groups * plan.shape.depth;
  const int64_t first_image = plan.first_image(block), images = plan.first_image(block + 1) - first_image;
  for (int64_t image = 0; image < images; ++image) {
    const float* from = input + (first_image + image) * plan.image_elements();
    for (int64_t pixel = first; pixel < last; ++pixel)
      std::memcpy(copy + (pixel * images + image) * channels, from + pixel * channels,
                  static_cast<size_t>(channels) * sizeof(float));
  }
}

void copy_input(const Correlate& plan, const float* input, float* copy, Stream& stream) {
  const int64_t pixels = plan.shape.input_h * plan.shape.input_w;
  const int64_t channels = plan.shape.groups * plan.shape.depth;
  const double cost = static_cast<double>(plan.most_images()) * (3 + static_cast<double>(channels) / 16);
  stream.parallel(plan.blocks * pixels, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end;) {
      const int64_t block = i / pixels, first = i % pixels, last = std::min(pixels, first + end - i);
      copy_pixels(plan, input, block, first, last, copy + plan.first_image(block) * plan.image_elements());
      i += last - first;
    }
  });
}

void copy_bordered(const Correlate& plan, const float* input, float* copy, Stream& stream) {
  const CorrelateShape& s = plan.shape;
  const int64_t channels = s.groups * s.depth, width = s.input_w * channels;
  const int64_t left = plan.left * channels, inner = width - left - plan.right * channels;
  stream.parallel(s.n * s.input_h, 10 + static_cast<double>(width) / 16, [&](int64_t begin, int64_t end, int) {
    for (int64_t line = begin; line < end; ++line) {
      float* to = copy + line * width;
      std::fill(to, to + left, 0.0f);
      std::memcpy(to + left, input + line * inner, static_cast<size_t>(inner) * sizeof(float));
      std::fill(to + left + inner, to + width, 0.0f);
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

// `input` is that of the block.
LineRows locate(const Correlate& plan, const OutputLine& line, int64_t block, const float* input, float* output) {
  const CorrelateShape& s = plan.shape;
  const Region& region = plan.regions.regions[static_cast<size_t>(line.region)];
  const int64_t in_channels = s.groups * s.depth, out_channels = s.groups * s.columns;
  const int64_t first = plan.first_image(block);
  const int64_t images = plan.rows_from == RowsFrom::images ? plan.first_image(block + 1) - first : 1;
  const bool joined_pixels = plan.rows_from != RowsFrom::images || plan.regions.input_step_x == 1;
  // The line's first pixel, counted within the region.
  int64_t y = line.down ? 0 : line.line, x = line.down ? line.line : 0;
  if (!joined_pixels) y = line.line / region.count_x, x = line.line % region.count_x;

  LineRows rows;
  rows.images = images;
  rows.input_scale = images * in_channels;
  rows.input = input + (y * plan.regions.input_step_y * s.input_w + x * plan.regions.input_step_x) * rows.input_scale;
  rows.input_row = in_channels;
  if (plan.rows_from != RowsFrom::images)
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

struct Operands {
  const float* input;
  const float* weights;
  ChunkFunction chunk_weights;
  Epilogue epilogue;
  float* output;
};

// `input` is that of the block; index counts groups, chunks and lines.
void run_part(const Correlate& plan, const Operands& operands, int64_t block, const float* input, int64_t index) {
  const int64_t lines = static_cast<int64_t>(plan.lines.size()), chunks = plan.columns.chunks;
  const OutputLine& line = plan.lines[static_cast<size_t>(index % lines)];
  const int64_t chunk = index / lines % chunks, group = index / (lines * chunks);
  const int64_t column = group * plan.shape.columns + plan.columns.first_column(chunk);
  LineRows rows = locate(plan, line, block, input, operands.output);
  rows.input += group * plan.shape.depth;
  rows.output += column;
  run_line(plan, line, rows, operands.chunk_weights(plan, operands.weights, group, chunk),
           operands.epilogue.from_column(column), plan.columns.chunk_columns(chunk));
}

void run_whole_blocks(const Correlate& plan, const Operands& operands, float* copies, Stream& stream) {
  const int64_t parts = plan.shape.groups * plan.columns.chunks * static_cast<int64_t>(plan.lines.size());
  stream.parallel(plan.blocks, plan.item_ns, [&](int64_t begin, int64_t end, int worker) {
    float* copy = copies + worker * plan.block_copy_elements();
    for (int64_t block = begin; block < end; ++block) {
      copy_pixels(plan, operands.input, block, 0, plan.shape.input_h * plan.shape.input_w, copy);
      Ahead ahead;
      if (block + 1 < plan.blocks) {
        const int64_t first = plan.first_image(block + 1), images = plan.first_image(block + 2) - first;
        ahead.add(operands.input + first * plan.image_elements(), 1, 0, images * plan.image_elements());
      }
      const int64_t share = ahead.lines() / parts + 1;
      for (int64_t part = 0; part < parts; ++part) {
        ahead.step(share);
        run_part(plan, operands, block, copy, part);
      }
    }
  });
}

}  // namespace

void run_correlate(const Correlate& plan, const float* input, const float* weights, ChunkFunction chunk_weights,
                   const Epilogue& epilogue, float* output, float* input_copy, Stream& stream) {
  Operands operands = {input, weights, chunk_weights, epilogue, output};
  if (plan.whole_blocks) return run_whole_blocks(plan, operands, input_copy, stream);
  if (plan.rows_from != RowsFrom::lines) {
    (plan.rows_from == RowsFrom::images ? copy_input : copy_bordered)(plan, input, input_copy, stream);
    operands.input = input_copy;
  }
  const int64_t parts = plan.shape.groups * plan.columns.chunks * static_cast<int64_t>(plan.lines.size());
  stream.parallel(plan.blocks * parts, plan.item_ns, [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t block = item / parts;
      run_part(plan, operands, block, operands.input + plan.first_image(block) * plan.image_elements(), item % parts);
    }
  });
}

}  // namespace netwright
