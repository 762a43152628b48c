// Sums over pixels in an order that only the problem decides: rows of a block of images, block after block.
#include "ops/conv2d/weight_gradient.h"

#include <algorithm>
#include <cstring>

namespace netwright {

namespace {

// Input and output gradient of a block stay in a private cache while all kernel positions read them.
constexpr int64_t kBlockBytes = 512 * 1024;
// Fewer input channels than this leave a tile too few rows.
constexpr int64_t kFewChannels = 5;

AxisSpan valid_rows(const ConvGeometry& g, int64_t ky) {
  return valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
}

AxisSpan valid_columns(const ConvGeometry& g, int64_t kx) {
  return valid_outputs(kx, g.ow, g.w, g.stride_w, g.left, g.dilation_w);
}

void copy_with_borders(const WeightGradient& plan, const float* x, float* copy, Stream& stream) {
  const ConvGeometry& g = plan.g;
  const int64_t left = std::min(g.left, plan.copy_width) * g.c;
  const int64_t inner = std::min(g.w * g.c, plan.copy_width * g.c - left);
  const int64_t width = plan.copy_width * g.c;
  stream.parallel(g.n * g.h, 5 + static_cast<double>(width) / 16, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      float* to = copy + row * width;
      std::fill(to, to + left, 0.0f);
      std::memcpy(to + left, x + row * g.w * g.c, static_cast<size_t>(inner) * sizeof(float));
      std::fill(to + left + inner, to + width, 0.0f);
    }
  });
}

}  // namespace

WeightGradient plan_weight_gradient(const ConvGeometry& g, const TileSet& tiles) {
  WeightGradient plan = {};
  plan.g = g;
  plan.tiles = &tiles;
  plan.copy_width = (g.ow - 1) * g.stride_w + g.kw;
  plan.joined = g.groups == 1 && g.dilation_w == 1 && g.kw > 1 && g.c < kFewChannels && plan.copy_width <= 2 * g.w + 64;
  const int64_t rows = plan.joined ? g.kw * g.c : g.group_inputs();
  plan.tiling = choose_tiling(tiles, rows, g.group_outputs());
  const int64_t image_bytes = 4 * (g.h * g.w * g.c + g.oh * g.ow * g.oc);
  plan.block_images = std::clamp<int64_t>(kBlockBytes / image_bytes, 1, g.n);
  double pixels = 0;
  for (int64_t ky = 0; ky < g.kh; ++ky) {
    const AxisSpan span = valid_rows(g, ky);
    WeightGradient::KernelRow row;
    row.taps_of_image = span.end - span.begin;
    const int64_t width = plan.joined ? plan.copy_width : g.w;
    for (int64_t image = 0; image < plan.block_images; ++image)
      for (int64_t oy = span.begin; oy < span.end; ++oy) {
        const int64_t iy = oy * g.stride_h + ky * g.dilation_h - g.top;
        row.taps.push_back({(image * g.h + iy) * width, (image * g.oh + oy) * g.ow});
      }
    plan.rows.push_back(std::move(row));
    for (int64_t kx = 0; kx < g.kw; ++kx) {
      const AxisSpan columns = valid_columns(g, kx);
      pixels += static_cast<double>((span.end - span.begin) * (columns.end - columns.begin));
    }
  }
  plan.operations = 2 * pixels * static_cast<double>(g.n * g.group_inputs() * g.oc);
  const double items =
      static_cast<double>(g.groups * g.kh * (plan.joined ? 1 : g.kw) * plan.tiling.bands * plan.tiling.chunks);
  plan.item_ns = plan.operations / items / (4.0 * tiles.lanes) + 20;
  return plan;
}

void run_weight_gradient(const WeightGradient& plan, const float* x, const float* dy, float* dw, float* copy,
                         Stream& stream) {
  const ConvGeometry& g = plan.g;
  const Tiling& tiling = plan.tiling;
  if (plan.joined) copy_with_borders(plan, x, copy, stream);
  const float* a = plan.joined ? copy : x;
  const int64_t width = plan.joined ? plan.copy_width : g.w;
  const int64_t kernel_columns = plan.joined ? 1 : g.kw;
  const int64_t items = g.groups * g.kh * kernel_columns * tiling.chunks * tiling.bands;
  for (int64_t image = 0; image < g.n; image += plan.block_images) {
    const int64_t images = std::min(plan.block_images, g.n - image);
    stream.parallel(items, plan.item_ns, [&](int64_t begin, int64_t end, int) {
      int64_t offsets[kMostTileRows];
      for (int64_t r = 0; r < kMostTileRows; ++r) offsets[r] = r * g.oc;
      for (int64_t item = begin; item < end; ++item) {
        const int64_t band = item % tiling.bands;
        const int64_t kx = item / tiling.bands % kernel_columns;
        const int64_t ky = item / (tiling.bands * kernel_columns) % g.kh;
        const int64_t chunk = item / (tiling.bands * kernel_columns * g.kh) % tiling.chunks;
        const int64_t group = item / (tiling.bands * kernel_columns * g.kh * tiling.chunks);
        const WeightGradient::KernelRow& row = plan.rows[static_cast<size_t>(ky)];
        const AxisSpan columns = plan.joined ? AxisSpan{0, g.ow} : valid_columns(g, kx);
        const int64_t first_x = plan.joined ? 0 : columns.begin * g.stride_w + kx * g.dilation_w - g.left;
        const int64_t first_row = tiling.first_row(band);
        const int64_t column = group * g.group_outputs() + tiling.first_column(chunk);
        TileCall call = {};
        call.depth = columns.end - columns.begin;
        call.taps = row.taps.data();
        call.tap_count = call.depth == 0 ? 0 : images * row.taps_of_image;
        call.accumulate = image > 0;
        // Without a pixel in common with the image there is no position to point at.
        call.a =
            call.tap_count == 0 ? a : a + (image * g.h * width + first_x) * g.c + group * g.group_inputs() + first_row;
        call.a_scale = g.c;
        call.a_row = 1;
        call.a_step = g.stride_w * g.c;
        call.b = dy + (image * g.oh * g.ow + columns.begin) * g.oc + column;
        call.b_scale = g.oc;
        call.b_step = g.oc;
        call.c = dw + ((ky * g.kw + kx) * g.group_inputs() + first_row) * g.oc + column;
        call.c_rows = offsets;
        const int64_t chunk_columns = tiling.chunk_columns(chunk);
        call.last_columns = last_columns(*plan.tiles, chunk_columns);
        tile_function(*plan.tiles, true, tiling.first_row(band + 1) - first_row, chunk_columns)(call);
      }
    });
  }
}

}  // namespace netwright
