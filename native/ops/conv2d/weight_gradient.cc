// Sums over pixels in an order that only the problem decides: block after block of a slice, then the slices.
#include "ops/conv2d/weight_gradient.h"

#include <algorithm>
#include <cstring>

#include "ops/kernel.h"

namespace netwright {

namespace {

// One item: some chunks of the columns of a group, over the blocks of a slice.
struct Item {
  int64_t group;
  int64_t first_chunk, last_chunk;
  float* input;   // panels
  float* output;  // panels of the output gradient
  float* sums;
};

// Input columns lie by their remainder modulo the stride, so that neighbouring outputs meet neighbouring inputs.
int64_t input_slot(const WeightGradient& plan, const PixelBlock& b, int64_t column) {
  const int64_t stride = plan.g.stride_w;
  return split_begin(b.input_columns, stride, column % stride) + column / stride;
}

float* input_panel(const WeightGradient& plan, const PixelBlock& b, const Item& item, int64_t band) {
  return item.input + b.images * b.input_rows * b.input_columns * plan.tiling.first_row(band) + band * kPanelSlack;
}

float* output_panel(const WeightGradient& plan, const PixelBlock& b, const Item& item, int64_t chunk) {
  const int64_t column = plan.tiling.first_column(chunk) - plan.tiling.first_column(item.first_chunk);
  return item.output + b.images * b.rows * b.columns * column + (chunk - item.first_chunk) * kPanelSlack;
}

bool meets(int64_t phase, int64_t first, int64_t kernel, int64_t stride, int64_t before, int64_t dilation) {
  for (int64_t k = 0; k < std::min(kernel, stride); ++k)
    if ((first + phase + before - k * dilation) % stride == 0) return true;
  return false;
}

void pack_input(const WeightGradient& plan, const PixelBlock& b, const Item& item, const float* x) {
  const ConvGeometry& g = plan.g;
  const int64_t image = g.h * g.w * g.c, phases = std::min(g.stride_w, b.input_columns);
  for (int64_t band = 0; band < plan.tiling.bands; ++band) {
    const int64_t first = plan.tiling.first_row(band), width = plan.tiling.first_row(band + 1) - first;
    const float* from = x + b.image * image + item.group * g.group_inputs() + first;
    float* panel = input_panel(plan, b, item, band);
    for (int64_t row = 0; row < b.input_rows; ++row) {
      if (!meets(row, b.first_iy, g.kh, g.stride_h, g.top, g.dilation_h)) continue;
      for (int64_t phase = 0; phase < phases; ++phase) {
        if (!meets(phase, b.first_ix, g.kw, g.stride_w, g.left, g.dilation_w)) continue;
        const int64_t slot = split_begin(b.input_columns, g.stride_w, phase);
        const int64_t count = split_begin(b.input_columns, g.stride_w, phase + 1) - slot;
        const float* pixel = from + ((b.first_iy + row) * g.w + b.first_ix + phase) * g.c;
        plan.pack({pixel, count, g.stride_w * g.c, b.images, image}, width,
                  panel + (row * b.input_columns + slot) * b.images * width);
      }
    }
  }
}

void copy_with_borders(const WeightGradient& plan, const PixelBlock& b, const Item& item, const float* x) {
  const ConvGeometry& g = plan.g;
  const int64_t begin = std::clamp<int64_t>(b.first_ix, 0, g.w);
  const int64_t end = std::clamp<int64_t>(b.first_ix + b.input_columns, begin, g.w);
  float* to = item.input;
  for (int64_t image = b.image; image < b.image + b.images; ++image)
    for (int64_t row = b.first_iy; row < b.first_iy + b.input_rows; ++row) {
      float* inner = to + std::min(begin - b.first_ix, b.input_columns) * g.c;
      float* outer = to + b.input_columns * g.c;
      std::fill(to, inner, 0.0f);
      std::memcpy(inner, x + ((image * g.h + row) * g.w + begin) * g.c,
                  static_cast<size_t>((end - begin) * g.c) * sizeof(float));
      std::fill(inner + (end - begin) * g.c, outer, 0.0f);
      to = outer;
    }
}

void pack_output(const WeightGradient& plan, const PixelBlock& b, const Item& item, const float* dy) {
  const ConvGeometry& g = plan.g;
  const int64_t image = g.oh * g.ow * g.oc;
  const int64_t outer = plan.joined ? b.images : 1, inner = plan.joined ? 1 : b.images;
  for (int64_t chunk = item.first_chunk; chunk < item.last_chunk; ++chunk) {
    const int64_t width = plan.tiling.chunk_columns(chunk);
    const float* from = dy + item.group * g.group_outputs() + plan.tiling.first_column(chunk);
    float* to = output_panel(plan, b, item, chunk);
    for (int64_t i = 0; i < outer; ++i)
      for (int64_t oy = b.first_oy; oy < b.first_oy + b.rows; ++oy) {
        const float* pixel = from + (b.image + i) * image + (oy * g.ow + b.first_ox) * g.oc;
        plan.pack({pixel, b.columns, g.oc, inner, image}, width, to);
        to += b.columns * inner * width;
      }
  }
}

// Taps of a kernel row at all its output rows: a counts slots of an input panel, b of an output panel.
struct RowTaps {
  static constexpr int64_t kMost = 1024;
  Tap taps[kMost];
  int64_t count;

  RowTaps(const WeightGradient& plan, const PixelBlock& b, int64_t ky) : count(0) {
    const ConvGeometry& g = plan.g;
    const AxisSpan valid = valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
    const int64_t outer = plan.joined ? b.images : 1, inner = plan.joined ? 1 : b.images;
    const int64_t begin = std::max(valid.begin, b.first_oy), end = std::min(valid.end, b.first_oy + b.rows);
    for (int64_t i = 0; i < outer; ++i)
      for (int64_t oy = begin; oy < end; ++oy) {
        const int64_t iy = oy * g.stride_h + ky * g.dilation_h - g.top - b.first_iy;
        taps[count++] = {(i * b.input_rows + iy) * b.input_columns * inner,
                         (i * b.rows + oy - b.first_oy) * b.columns * inner};
      }
  }
};

void add_block(const WeightGradient& plan, const PixelBlock& b, const Item& item, bool first) {
  const ConvGeometry& g = plan.g;
  const int64_t kernel_columns = plan.joined ? 1 : g.kw, inner = plan.joined ? 1 : b.images;
  int64_t offsets[kMostTileRows];
  for (int64_t r = 0; r < kMostTileRows; ++r) offsets[r] = r * g.oc;
  TileCall call = {};
  call.c_rows = offsets;
  call.accumulate = !first;
  for (int64_t chunk = item.first_chunk; chunk < item.last_chunk; ++chunk) {
    const int64_t columns = plan.tiling.chunk_columns(chunk);
    const float* output = output_panel(plan, b, item, chunk);
    call.last_columns = last_columns(*plan.tiles, columns);
    call.b_scale = call.b_step = columns;
    for (int64_t band = 0; band < plan.tiling.bands; ++band) {
      const int64_t first_row = plan.tiling.first_row(band), rows = plan.tiling.first_row(band + 1) - first_row;
      const TileFunction tile = tile_function(*plan.tiles, true, rows, columns);
      const float* input = plan.joined ? item.input + first_row : input_panel(plan, b, item, band);
      call.a_scale = plan.joined ? g.c : rows;
      call.a_step = plan.joined ? g.stride_w * g.c : rows;
      call.a_row = 1;
      float* sums = item.sums + first_row * g.oc + item.group * g.group_outputs() + plan.tiling.first_column(chunk);
      for (int64_t ky = 0; ky < g.kh; ++ky) {
        const RowTaps row(plan, b, ky);
        call.taps = row.taps;
        for (int64_t kx = 0; kx < kernel_columns; ++kx) {
          AxisSpan valid = {0, g.ow};
          if (!plan.joined) valid = valid_outputs(kx, g.ow, g.w, g.stride_w, g.left, g.dilation_w);
          const int64_t begin = std::max(valid.begin, b.first_ox), end = std::min(valid.end, b.first_ox + b.columns);
          call.tap_count = begin < end ? row.count : 0;
          if (call.tap_count == 0 && !first) continue;
          call.a = input, call.b = output;
          if (call.tap_count > 0) {
            const int64_t column = begin * g.stride_w + kx * g.dilation_w - g.left - b.first_ix;
            call.a += (plan.joined ? 0 : input_slot(plan, b, column)) * inner * call.a_scale;
            call.b += (begin - b.first_ox) * inner * columns;
          }
          call.depth = (end - begin) * inner;
          call.c = sums + (ky * g.kw + kx) * g.group_inputs() * g.oc;
          tile(call);
        }
      }
    }
  }
}

void add_slices(const WeightGradient& plan, const float* partial, float* dw, Stream& stream) {
  const int64_t count = plan.weights();
  parallel_elements(stream, count, 0.2 * static_cast<double>(plan.slices), [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at += kBlock)
      for (int64_t slice = 0; slice + 1 < plan.slices; ++slice)
        for (int64_t i = at; i < std::min(at + kBlock, end); ++i) dw[i] += partial[slice * count + i];
  });
}

}  // namespace

void run_weight_gradient(const WeightGradient& plan, const float* x, const float* dy, float* dw, float* workspace,
                         Stream& stream) {
  const int64_t chunks = plan.tiling.chunks;
  const int64_t parts = (chunks + plan.chunks_of_item - 1) / plan.chunks_of_item;
  float* panels = workspace;
  float* partial = workspace + plan.workers * (plan.input_panels + plan.output_panels);
  stream.parallel(plan.slices * plan.g.groups * parts, plan.item_ns, [&](int64_t begin, int64_t end, int worker) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t part = i % parts, slice = i / (parts * plan.g.groups);
      Item item = {};
      item.group = i / parts % plan.g.groups;
      item.first_chunk = split_begin(chunks, parts, part);
      item.last_chunk = split_begin(chunks, parts, part + 1);
      item.input = panels + worker * (plan.input_panels + plan.output_panels);
      item.output = item.input + plan.input_panels;
      item.sums = slice == 0 ? dw : partial + (slice - 1) * plan.weights();
      const int64_t first = split_begin(plan.blocks(), plan.slices, slice);
      for (int64_t block = first; block < split_begin(plan.blocks(), plan.slices, slice + 1); ++block) {
        const PixelBlock b = plan.block(block);
        if (plan.joined) {
          copy_with_borders(plan, b, item, x);
        } else {
          pack_input(plan, b, item, x);
        }
        pack_output(plan, b, item, dy);
        add_block(plan, b, item, block == first);
      }
    }
  });
  if (plan.slices > 1) add_slices(plan, partial, dw, stream);
}

}  // namespace netwright
