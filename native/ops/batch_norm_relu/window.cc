// The pixel that a window's gradient goes to is found again from x: the first of the largest normalised values, if it
// is above zero. Channels are the outer loop, so that a channel's numbers stay in registers along a row.
#include "ops/batch_norm_relu/window.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/batch_norm_relu/window.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// The four pixels of a window: their values less the mean, and normalised.
struct Window {
  Vec centered[4], z[4];
};

static NW_INLINE Window load_window(const float* x, int64_t below, int64_t c, Lanes lanes, Vec mean, Vec factor,
                                    Vec shift) {
  Window w;
  const float* pixels[4] = {x, x + c, x + below, x + below + c};
  for (int i = 0; i < 4; ++i) {
    w.centered[i] = lanes.load(pixels[i]) - mean;
    w.z[i] = fma(w.centered[i], factor, shift);
  }
  return w;
}

static void forward_windows(const NormWindows& g, const NormOperands& o, int64_t begin, int64_t end) {
  const int64_t below = 2 * g.ow * g.c;
  for (int64_t row = begin; row < end; ++row)
    for (int64_t j = 0; j < g.c; j += kLanes) {
      const Lanes lanes = lanes_at(j, g.c);
      const Vec mean = lanes.load(o.mean + j), factor = lanes.load(o.factor + j), shift = lanes.load(o.shift + j);
      const float* x = g.x + row * 2 * below + j;
      float* y = g.out + row * g.ow * g.c + j;
      for (int64_t ox = 0; ox < g.ow; ++ox, x += 2 * g.c, y += g.c) {
        const Window w = load_window(x, below, g.c, lanes, mean, factor, shift);
        const Vec best = max(max(w.z[0], w.z[1]), max(w.z[2], w.z[3]));
        // NaN stays NaN.
        lanes.store(select(lt(best, Vec::zero()), Vec::zero(), best), y);
      }
    }
}

static void sum_windows(const NormWindows& g, const NormOperands& o, int64_t begin, int64_t end) {
  const int64_t below = 2 * g.ow * g.c;
  for (int64_t j = 0; j < g.c; j += kLanes) {
    const Lanes lanes = lanes_at(j, g.c);
    const Vec mean = lanes.load(o.mean + j), factor = lanes.load(o.factor + j), shift = lanes.load(o.shift + j);
    Vec first = Vec::zero(), second = Vec::zero();
    for (int64_t row = begin; row < end; ++row) {
      const float* x = g.x + row * 2 * below + j;
      const float* dy = g.dy + row * g.ow * g.c + j;
      for (int64_t ox = 0; ox < g.ow; ++ox, x += 2 * g.c, dy += g.c) {
        const Window w = load_window(x, below, g.c, lanes, mean, factor, shift);
        const Mask right = gt(w.z[1], w.z[0]), lower_right = gt(w.z[3], w.z[2]);
        const Vec upper = select(right, w.z[1], w.z[0]), lower = select(lower_right, w.z[3], w.z[2]);
        const Mask down = gt(lower, upper);
        const Vec d = select(gt(select(down, lower, upper), Vec::zero()), lanes.load(dy), Vec::zero());
        const Vec centered = select(down, select(lower_right, w.centered[3], w.centered[2]),
                                    select(right, w.centered[1], w.centered[0]));
        first = first + d;
        second = fma(d, centered, second);
      }
    }
    lanes.store(first, g.sums + j);
    lanes.store(second, g.sums + g.c + j);
  }
}

static void gradient_windows(const NormWindows& g, const NormOperands& o, int64_t begin, int64_t end) {
  const int64_t below = 2 * g.ow * g.c;
  for (int64_t row = begin; row < end; ++row)
    for (int64_t j = 0; j < g.c; j += kLanes) {
      const Lanes lanes = lanes_at(j, g.c);
      const Vec mean = lanes.load(o.mean + j), factor = lanes.load(o.factor + j), shift = lanes.load(o.shift + j);
      const Vec offset = lanes.load(o.offset + j), slope = lanes.load(o.slope + j);
      const float* x = g.x + row * 2 * below + j;
      const float* dy = g.dy + row * g.ow * g.c + j;
      float* dx = g.out + row * 2 * below + j;
      for (int64_t ox = 0; ox < g.ow; ++ox, x += 2 * g.c, dx += 2 * g.c, dy += g.c) {
        const Window w = load_window(x, below, g.c, lanes, mean, factor, shift);
        const Mask right = gt(w.z[1], w.z[0]), lower_right = gt(w.z[3], w.z[2]);
        const Vec upper = select(right, w.z[1], w.z[0]), lower = select(lower_right, w.z[3], w.z[2]);
        const Mask down = gt(lower, upper);
        const Vec zero = Vec::zero();
        const Vec d = select(gt(select(down, lower, upper), zero), lanes.load(dy), zero);
        const Vec d_upper = select(down, zero, d), d_lower = select(down, d, zero);
        const Vec passed[4] = {select(right, zero, d_upper), select(right, d_upper, zero),
                               select(lower_right, zero, d_lower), select(lower_right, d_lower, zero)};
        float* pixels[4] = {dx, dx + g.c, dx + below, dx + below + g.c};
        for (int i = 0; i < 4; ++i) lanes.store(factor * fnma(w.centered[i], slope, passed[i] - offset), pixels[i]);
      }
    }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

namespace {

float* sums_of(const WindowPasses& passes, void* workspace, int64_t worker) {
  double* partials = static_cast<double*>(workspace);
  return reinterpret_cast<float*>(partials + passes.blocks() * 2 * passes.c) + worker * 2 * passes.c;
}

}  // namespace

size_t WindowPasses::workspace_bytes() const {
  return static_cast<size_t>(blocks() * 2 * c) * sizeof(double) +
         static_cast<size_t>(2 * threads * c + 3 * c) * sizeof(float);
}

WindowPasses plan_window_passes(const Tensor& x, const Target& target) {
  WindowPasses passes = {};
  passes.forward = NW_DISPATCH(target.isa, forward_windows);
  passes.sums = NW_DISPATCH(target.isa, sum_windows);
  passes.gradient = NW_DISPATCH(target.isa, gradient_windows);
  passes.rows = x.dim(0) * x.dim(2) / 2;
  passes.ow = x.dim(3) / 2;
  passes.c = x.dim(1);
  // About 16 KiB of x, which every strip of channels reads again.
  passes.block_rows = std::max<int64_t>(1, 4096 / (4 * passes.ow * passes.c));
  passes.threads = std::max(1, target.max_threads);
  return passes;
}

void run_window_forward(const WindowPasses& passes, const float* x, const NormOperands& operands, float* y,
                        Stream& stream) {
  const NormWindows windows = {passes.ow, passes.c, x, nullptr, y, nullptr};
  stream.parallel(passes.rows, 0.4 * static_cast<double>(passes.ow * passes.c),
                  [&](int64_t begin, int64_t end, int) { passes.forward(windows, operands, begin, end); });
}

void run_window_gradient(const WindowPasses& passes, const NormGradient& v, void* workspace, Stream& stream) {
  const int64_t c = passes.c, blocks = passes.blocks();
  double* partials = static_cast<double*>(workspace);
  float* factor = sums_of(passes, workspace, passes.threads);
  float* offset = factor + c;
  float* slope = offset + c;
  for (int64_t j = 0; j < c; ++j) factor[j] = v.scale[j] * v.inverse_deviation[j];
  const NormOperands operands = {v.mean, factor, v.shift, offset, slope};
  NormWindows windows = {passes.ow, c, v.x, v.dy, v.dx, nullptr};
  const double row_cost = 0.6 * static_cast<double>(passes.ow * c);
  stream.parallel(
      blocks, row_cost * static_cast<double>(passes.block_rows), [&](int64_t begin, int64_t end, int worker) {
        NormWindows own = windows;
        own.sums = sums_of(passes, workspace, worker);
        for (int64_t block = begin; block < end; ++block) {
          passes.sums(own, operands, block * passes.block_rows, std::min(passes.rows, (block + 1) * passes.block_rows));
          std::copy_n(own.sums, 2 * c, partials + block * 2 * c);
        }
      });
  for (int64_t j = 0; j < c; ++j) {
    const TwoSums total = add_blocks(partials, blocks, c, j);
    const GradientTerms terms = gradient_terms(total, 4.0 * static_cast<double>(passes.rows * passes.ow), v.scale[j],
                                               v.inverse_deviation[j], v.dscale + j, v.dshift + j);
    offset[j] = terms.offset;
    slope[j] = terms.slope;
  }
  stream.parallel(passes.rows, row_cost,
                  [&](int64_t begin, int64_t end, int) { passes.gradient(windows, operands, begin, end); });
}

}  // namespace netwright
#endif
