// Tiles whose short sums run over kernel positions and channels in one loop, line after line in one call.
#include "ops/conv2d/few_channels.h"

#include <algorithm>
#include <cstring>

#include "blas/brgemm.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/conv2d/few_channels.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

// Pixels of a tile by its vectors: 12 or 8 sums, a row of weights and one broadcast fit 16 registers.
constexpr int kTilePixels[] = {0, 8, 6};

template <int vectors, bool partial>
static NW_INLINE void load_row(const float* p, int64_t columns, Vec (&row)[vectors]) {
  for (int v = 0; v < vectors; ++v)
    row[v] = partial && v == vectors - 1 ? Vec::load_partial(p + v * kLanes, columns) : Vec::load(p + v * kLanes);
}

template <int pixels, int vectors, bool partial>
static NW_INLINE void pixel_tile(const LinesCall& call, const float* input, float* output) {
  const Epilogue& epilogue = call.epilogue;
  Vec sum[pixels][vectors], bias[vectors];
  for (int v = 0; v < vectors; ++v) bias[v] = Vec::zero();
  if (epilogue.bias != nullptr) load_row<vectors, partial>(epilogue.bias, call.last_columns, bias);
  for (int p = 0; p < pixels; ++p)
    for (int v = 0; v < vectors; ++v) sum[p][v] = epilogue.factor == nullptr ? bias[v] : Vec::zero();
  const float* weights = call.weights;
  for (int64_t k = 0; k < call.depth; ++k) {
    Vec row[vectors];
    load_row<vectors, partial>(weights, call.last_columns, row);
    const float* from = input + call.offsets[k];
    for (int p = 0; p < pixels; ++p) {
      const Vec value(from[p * call.input_pixel]);
      for (int v = 0; v < vectors; ++v) sum[p][v] = fma(value, row[v], sum[p][v]);
    }
    weights += call.weight_step;
  }
  if (epilogue.factor != nullptr) {
    Vec factor[vectors];
    load_row<vectors, partial>(epilogue.factor, call.last_columns, factor);
    for (int p = 0; p < pixels; ++p)
      for (int v = 0; v < vectors; ++v) sum[p][v] = fma(sum[p][v], factor[v], bias[v]);
  }
  if (epilogue.relu)
    for (int p = 0; p < pixels; ++p)
      for (int v = 0; v < vectors; ++v) sum[p][v] = max(Vec::zero(), sum[p][v]);  // NaN stays NaN
  for (int p = 0; p < pixels; ++p)
    for (int v = 0; v < vectors; ++v) {
      float* to = output + p * call.output_pixel + v * kLanes;
      if (partial && v == vectors - 1) {
        sum[p][v].store_partial(to, call.last_columns);
      } else {
        sum[p][v].store(to);
      }
    }
}

template <int vectors, bool partial, int pixels>
static NW_INLINE void last_pixels(const LinesCall& call, int64_t count, const float* input, float* output) {
  if constexpr (pixels > 0) {
    if (count == pixels) return pixel_tile<pixels, vectors, partial>(call, input, output);
    last_pixels<vectors, partial, pixels - 1>(call, count, input, output);
  }
}

template <int vectors, bool partial>
static void lines(const LinesCall& call) {
  constexpr int pixels = kTilePixels[vectors];
  for (int64_t line = 0; line < call.lines; ++line) {
    const float* input = call.input + line * call.input_line;
    float* output = call.output + line * call.output_line;
    int64_t left = call.pixels;
    for (; left >= pixels; left -= pixels) {
      pixel_tile<pixels, vectors, partial>(call, input, output);
      input += pixels * call.input_pixel;
      output += pixels * call.output_pixel;
    }
    last_pixels<vectors, partial, pixels - 1>(call, left, input, output);
  }
}

static void few_channels_functions(FewChannels& plan) {
  plan.lanes = kLanes;
  plan.functions[0][1] = lines<1, false>, plan.functions[1][1] = lines<1, true>;
  plan.functions[0][2] = lines<2, false>, plan.functions[1][2] = lines<2, true>;
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

namespace {

constexpr int64_t kMostChannels = 8;
constexpr int64_t kMostDepth = 512;
// The copy of a block of lines stays in the nearest cache.
constexpr int64_t kCopyBytes = 16 * 1024;
// Multiplications with borders may take this many times those without.
constexpr double kMostBorders = 1.5;

void copy_block(const FewChannels& plan, const float* image, int64_t first_oy, int64_t lines, float* copy) {
  const ConvGeometry& g = plan.g;
  const int64_t left = std::min(g.left * g.c, plan.copy_pitch);
  const int64_t inner = std::min(g.w * g.c, plan.copy_pitch - left);
  const int64_t first = first_oy * g.stride_h - g.top;
  for (int64_t line = 0; line < (lines - 1) * g.stride_h + (g.kh - 1) * g.dilation_h + 1; ++line) {
    float* to = copy + line * plan.copy_pitch + left;
    if (first + line >= 0 && first + line < g.h) {
      std::memcpy(to, image + (first + line) * g.w * g.c, static_cast<size_t>(inner) * sizeof(float));
    } else {
      std::fill(to, to + inner, 0.0f);
    }
  }
}

}  // namespace

std::optional<FewChannels> plan_few_channels(const ConvGeometry& g, const Target& target, double operations) {
  const int64_t width = (g.ow - 1) * g.stride_w + (g.kw - 1) * g.dilation_w + 1;
  const int64_t margin = (g.kh - 1) * g.dilation_h + 1;
  const double bordered =
      2.0 * static_cast<double>(g.n * g.oh * g.ow) * static_cast<double>(g.kh * g.kw) * static_cast<double>(g.c * g.oc);
  if (g.groups > 1 || g.c > kMostChannels || g.kh * g.kw == 1 || g.kh * g.kw > kMostDepth / g.c) return std::nullopt;
  if (bordered > kMostBorders * operations || width > 2 * g.w + 64 || margin > 2 * g.h + 64) return std::nullopt;
  FewChannels plan = {};
  NW_DISPATCH(target.isa, few_channels_functions)(plan);
  plan.g = g;
  plan.workers = std::max(1, target.max_threads);
  plan.operations = operations;
  plan.copy_pitch = width * g.c;
  for (int64_t ky = 0; ky < g.kh; ++ky)
    for (int64_t kx = 0; kx < g.kw; ++kx)
      for (int64_t c = 0; c < g.c; ++c)
        plan.offsets.push_back(ky * g.dilation_h * plan.copy_pitch + kx * g.dilation_w * g.c + c);
  const int64_t fitting = (kCopyBytes / 4 / plan.copy_pitch - margin) / g.stride_h + 1;
  const int64_t lines = std::clamp<int64_t>(fitting, 1, g.oh);
  plan.line_blocks = (g.oh + lines - 1) / lines;
  plan.copy_lines = ((g.oh + plan.line_blocks - 1) / plan.line_blocks - 1) * g.stride_h + margin;
  plan.item_ns = bordered / static_cast<double>(g.n * plan.line_blocks) / (6.0 * plan.lanes) + 50;
  return plan;
}

void run_few_channels(const FewChannels& plan, const float* x, const float* weights, const Epilogue& epilogue, float* y,
                      float* copies, Stream& stream) {
  const ConvGeometry& g = plan.g;
  stream.parallel(g.n * plan.line_blocks, plan.item_ns, [&](int64_t begin, int64_t end, int worker) {
    float* copy = copies + worker * plan.copy_elements();
    // The borders at the sides stay zero from item to item.
    std::fill(copy, copy + plan.copy_elements(), 0.0f);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t image = item / plan.line_blocks, block = item % plan.line_blocks;
      const int64_t first = split_begin(g.oh, plan.line_blocks, block);
      LinesCall call = {};
      call.lines = split_begin(g.oh, plan.line_blocks, block + 1) - first;
      copy_block(plan, x + image * g.h * g.w * g.c, first, call.lines, copy);
      call.input = copy;
      call.input_line = g.stride_h * plan.copy_pitch, call.input_pixel = g.stride_w * g.c;
      call.offsets = plan.offsets.data();
      call.depth = static_cast<int64_t>(plan.offsets.size());
      call.weight_step = call.output_pixel = g.oc;
      call.output_line = g.ow * g.oc;
      call.pixels = g.ow;
      for (int64_t column = 0; column < g.oc; column += 2 * plan.lanes) {
        const int64_t columns = std::min<int64_t>(2 * plan.lanes, g.oc - column);
        call.weights = weights + column;
        call.epilogue = epilogue.from_column(column);
        call.output = y + ((image * g.oh + first) * g.ow) * g.oc + column;
        call.last_columns = (columns - 1) % plan.lanes + 1;
        plan.functions[columns % plan.lanes != 0][(columns + plan.lanes - 1) / plan.lanes](call);
      }
    }
  });
}

}  // namespace netwright
#endif
