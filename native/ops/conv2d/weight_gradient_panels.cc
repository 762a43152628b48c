// Fills the panels of a block of pixels.
#include <algorithm>
#include <cstring>

#include "ops/conv2d/weight_gradient.h"

namespace netwright {

namespace {

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Whether any kernel position meets the inputs at this remainder modulo the stride.
bool meets(int64_t phase, int64_t first, int64_t kernel, int64_t stride, int64_t before, int64_t dilation) {
  for (int64_t k = 0; k < std::min(kernel, stride); ++k)
    if ((first + phase + before - k * dilation) % stride == 0) return true;
  return false;
}

void pack_bands(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, const float* x) {
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
        const int64_t slot = plan.input_slot(phase), count = divide_up(b.input_columns - phase, g.stride_w);
        const float* pixel = from + ((b.first_iy + row) * g.w + b.first_ix + phase) * g.c;
        plan.pack({pixel, count, g.stride_w * g.c, b.images, image}, width,
                  panel + (row * plan.input_pitch + slot) * b.images * width);
      }
    }
  }
}

void copy_with_borders(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, const float* x) {
  const ConvGeometry& g = plan.g;
  const int64_t begin = std::clamp<int64_t>(b.first_ix, 0, g.w);
  const int64_t end = std::clamp<int64_t>(b.first_ix + plan.input_pitch, begin, g.w);
  float* to = item.input;
  for (int64_t image = b.image; image < b.image + b.images; ++image)
    for (int64_t row = b.first_iy; row < b.first_iy + b.input_rows; ++row) {
      // A block may lie beside the image on either side.
      float* inner = to + std::clamp<int64_t>(begin - b.first_ix, 0, plan.input_pitch) * g.c;
      float* outer = to + plan.input_pitch * g.c;
      std::fill(to, inner, 0.0f);
      std::memcpy(inner, x + ((image * g.h + row) * g.w + begin) * g.c,
                  static_cast<size_t>((end - begin) * g.c) * sizeof(float));
      std::fill(inner + (end - begin) * g.c, outer, 0.0f);
      to = outer;
    }
}

}  // namespace

float* input_panel(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, int64_t band) {
  return item.input + b.images * b.input_rows * plan.input_pitch * plan.tiling.first_row(band) + band * kPanelSlack;
}

static int64_t output_offset(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, int64_t chunk) {
  const int64_t column = plan.tiling.first_column(chunk) - plan.tiling.first_column(item.first_chunk);
  return b.images * b.rows * plan.output_pitch * column + (chunk - item.first_chunk) * kPanelSlack;
}

const float* output_panel(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, int64_t chunk) {
  return item.output + output_offset(plan, b, item, chunk);
}

void pack_input(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, const float* x) {
  if (plan.joined) return copy_with_borders(plan, b, item, x);
  pack_bands(plan, b, item, x);
}

const float* pack_output(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, const float* dy,
                         float* panels) {
  const ConvGeometry& g = plan.g;
  const int64_t image = g.oh * g.ow * g.oc;
  for (int64_t chunk = item.first_chunk; chunk < item.last_chunk; ++chunk) {
    const int64_t width = plan.tiling.chunk_columns(chunk);
    const float* from = dy + item.group * g.group_outputs() + plan.tiling.first_column(chunk) + b.image * image;
    float* to = panels + output_offset(plan, b, item, chunk);
    for (int64_t oy = b.first_oy; oy < b.first_oy + b.rows; ++oy) {
      const float* pixel = from + (oy * g.ow + b.first_ox) * g.oc;
      plan.pack({pixel, b.columns, g.oc, b.images, image}, width, to);
      to += plan.output_pitch * b.images * width;
    }
  }
  return panels;
}

}  // namespace netwright
