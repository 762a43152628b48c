// Depthwise convolution: vectors along channels, four pixels at a time so that a weight serves four products.
#include "ops/conv2d/depthwise.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/conv2d/depthwise.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

static NW_INLINE Vec load_channels(const float* p, int64_t count) {
  return count == kLanes ? Vec::load(p) : Vec::load_partial(p, count);
}

template <int pixels>
static NW_INLINE void line_pixels(const DepthwiseLine& line, int64_t first, int64_t channel, int64_t count) {
  const float* input = line.input + first * line.input_step + channel;
  const Epilogue& epilogue = line.epilogue;
  const Vec bias = epilogue.bias == nullptr ? Vec::zero() : load_channels(epilogue.bias + channel, count);
  Vec sum[pixels];
  for (int p = 0; p < pixels; ++p) sum[p] = epilogue.factor == nullptr ? bias : Vec::zero();
  for (int64_t t = 0; t < line.tap_count; ++t) {
    const Vec weight = load_channels(line.weights + line.taps[t].b * line.channels + channel, count);
    const float* at = input + line.taps[t].a * line.channels;
    for (int p = 0; p < pixels; ++p) sum[p] = fma(load_channels(at + p * line.input_step, count), weight, sum[p]);
  }
  if (epilogue.factor != nullptr) {
    const Vec factor = load_channels(epilogue.factor + channel, count);
    for (int p = 0; p < pixels; ++p) sum[p] = fma(sum[p], factor, bias);
  }
  for (int p = 0; p < pixels; ++p) {
    if (epilogue.relu) sum[p] = max(Vec::zero(), sum[p]);  // NaN stays NaN
    float* to = line.output + (first + p) * line.output_step + channel;
    if (count == kLanes) {
      sum[p].store(to);
    } else {
      sum[p].store_partial(to, count);
    }
  }
}

static void depthwise_line(const DepthwiseLine& line) {
  for (int64_t channel = 0; channel < line.channels; channel += kLanes) {
    const int64_t count = std::min<int64_t>(kLanes, line.channels - channel);
    int64_t pixel = 0;
    for (; pixel + 4 <= line.pixels; pixel += 4) line_pixels<4>(line, pixel, channel, count);
    for (; pixel < line.pixels; ++pixel) line_pixels<1>(line, pixel, channel, count);
  }
}

// One vector of channels of one kernel position; four sums hide the latency of the additions.
static void depthwise_sum(const DepthwiseSum& s) {
  const int64_t count = s.channels;
  Vec sums[4] = {Vec::zero(), Vec::zero(), Vec::zero(), Vec::zero()};
  for (int64_t image = 0; image < s.images; ++image)
    for (int64_t row = 0; row < s.rows; ++row) {
      const float* x = s.x + image * s.x_image + row * s.x_row;
      const float* dy = s.dy + image * s.dy_image + row * s.dy_row;
      int64_t p = 0;
      for (; p + 4 <= s.pixels; p += 4)
        for (int64_t i = 0; i < 4; ++i)
          sums[i] = fma(load_channels(x + (p + i) * s.x_step, count), load_channels(dy + (p + i) * s.dy_step, count),
                        sums[i]);
      for (; p < s.pixels; ++p)
        sums[0] = fma(load_channels(x + p * s.x_step, count), load_channels(dy + p * s.dy_step, count), sums[0]);
    }
  const Vec sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  if (count == kLanes) {
    sum.store(s.dw);
  } else {
    sum.store_partial(s.dw, count);
  }
}

static int64_t lane_count() { return kLanes; }

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

void run_depthwise(const Depthwise& plan, const float* input, const float* weights, const Epilogue& epilogue,
                   float* output, Stream& stream) {
  const auto leaf = NW_DISPATCH(plan.isa, depthwise_line);
  const int64_t lines = static_cast<int64_t>(plan.lines.size());
  const double cost = plan.operations / static_cast<double>(plan.n * lines) / 16 + 20;
  stream.parallel(plan.n * lines, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t image = item / lines;
      const Depthwise::Line& place = plan.lines[static_cast<size_t>(item % lines)];
      const Region& region = plan.regions.regions[static_cast<size_t>(place.region)];
      DepthwiseLine line;
      line.input =
          input + (image * plan.input_h + place.row * plan.regions.input_step_y) * plan.input_w * plan.channels;
      line.weights = weights;
      line.epilogue = epilogue;
      line.output = output + ((image * plan.output_h + region.first_y + place.row * region.step_y) * plan.output_w +
                              region.first_x) *
                                 plan.channels;
      line.taps = plan.regions.taps.data() + region.taps_begin;
      line.tap_count = region.taps_count;
      line.pixels = region.count_x;
      line.channels = plan.channels;
      line.input_step = plan.regions.input_step_x * plan.channels;
      line.output_step = region.step_x * plan.channels;
      leaf(line);
    }
  });
}

Depthwise plan_depthwise(const ConvGeometry& g, Isa isa, bool gradient) {
  Depthwise plan = {};
  plan.isa = isa;
  plan.n = g.n, plan.channels = g.c;
  plan.input_h = gradient ? g.oh : g.h, plan.input_w = gradient ? g.ow : g.w;
  plan.output_h = gradient ? g.h : g.oh, plan.output_w = gradient ? g.w : g.ow;
  const auto axis = gradient ? gradient_axis : forward_axis;
  plan.regions = make_regions(axis(plan.output_h, plan.input_h, g.kh, g.stride_h, g.top, g.dilation_h),
                              axis(plan.output_w, plan.input_w, g.kw, g.stride_w, g.left, g.dilation_w), plan.input_w,
                              g.kw, 1, false);
  for (size_t r = 0; r < plan.regions.regions.size(); ++r) {
    const Region& region = plan.regions.regions[r];
    for (int64_t row = 0; row < region.count_y; ++row) plan.lines.push_back({static_cast<int64_t>(r), row});
    plan.operations +=
        2.0 * static_cast<double>(region.count_y * region.count_x * region.positions) * static_cast<double>(g.n * g.c);
  }
  return plan;
}

void run_depthwise_weight_gradient(const ConvGeometry& g, Isa isa, const float* x, const float* dy, float* dw,
                                   Stream& stream) {
  const auto leaf = NW_DISPATCH(isa, depthwise_sum);
  const int64_t lanes = NW_DISPATCH(isa, lane_count)();
  const int64_t chunks = (g.c + lanes - 1) / lanes;
  const double cost = static_cast<double>(g.n * g.oh * g.ow) / 3 + 20;
  stream.parallel(g.kh * g.kw * chunks, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t ky = item / chunks / g.kw, kx = item / chunks % g.kw, channel = item % chunks * lanes;
      const AxisSpan rows = valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
      const AxisSpan columns = valid_outputs(kx, g.ow, g.w, g.stride_w, g.left, g.dilation_w);
      DepthwiseSum sum = {};
      sum.dw = dw + (ky * g.kw + kx) * g.c + channel;
      sum.channels = std::min(lanes, g.c - channel);
      sum.rows = rows.end - rows.begin, sum.pixels = columns.end - columns.begin;
      // Without a pixel in common with the image there is no position to point at.
      sum.images = sum.rows == 0 || sum.pixels == 0 ? 0 : g.n;
      if (sum.images > 0) {
        const int64_t y = rows.begin * g.stride_h + ky * g.dilation_h - g.top;
        const int64_t left = columns.begin * g.stride_w + kx * g.dilation_w - g.left;
        sum.x = x + (y * g.w + left) * g.c + channel;
        sum.dy = dy + (rows.begin * g.ow + columns.begin) * g.c + channel;
      }
      sum.x_image = g.h * g.w * g.c, sum.x_row = g.stride_h * g.w * g.c, sum.x_step = g.stride_w * g.c;
      sum.dy_image = g.oh * g.ow * g.c, sum.dy_row = g.ow * g.c, sum.dy_step = g.c;
      leaf(sum);
    }
  });
}

}  // namespace netwright
#endif
