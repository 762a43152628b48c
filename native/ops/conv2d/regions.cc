// Runs along each axis, and their products.
#include "ops/conv2d/regions.h"

#include <algorithm>

namespace netwright {

static int64_t divide_up(int64_t a, int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

// Cuts positions 0 <= i < count, at output first + i * step, where a kernel position begins or ceases to meet the
// input. `taps` hold the input position of i = 0, which may lie outside; i meets input + i * input_step.
static void add_runs(Axis& axis, const std::vector<AxisTap>& taps, int64_t first, int64_t step, int64_t count,
                     int64_t inputs) {
  std::vector<AxisSpan> spans;
  std::vector<int64_t> cuts = {0, count};
  for (const AxisTap& tap : taps) {
    const int64_t begin = std::clamp<int64_t>(divide_up(-tap.input, axis.input_step), 0, count);
    const int64_t end = std::clamp<int64_t>(divide_up(inputs - tap.input, axis.input_step), begin, count);
    spans.push_back({begin, end});
    cuts.push_back(begin);
    cuts.push_back(end);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  for (size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
    const int64_t begin = cuts[cut];
    AxisRun run = {first + begin * step, step, cuts[cut + 1] - begin, {}};
    for (size_t t = 0; t < taps.size(); ++t)
      if (spans[t].begin <= begin && begin < spans[t].end)
        run.taps.push_back({taps[t].kernel, taps[t].input + begin * axis.input_step});
    axis.runs.push_back(std::move(run));
  }
}

Axis forward_axis(int64_t outputs, int64_t inputs, int64_t kernel, int64_t stride, int64_t before, int64_t dilation) {
  Axis axis = {stride, {}};
  std::vector<AxisTap> taps;
  for (int64_t k = 0; k < kernel; ++k) taps.push_back({k, k * dilation - before});
  add_runs(axis, taps, 0, 1, outputs, inputs);
  return axis;
}

Axis gradient_axis(int64_t outputs, int64_t inputs, int64_t kernel, int64_t stride, int64_t before, int64_t dilation) {
  Axis axis = {1, {}};
  for (int64_t phase = 0; phase < std::min(stride, outputs); ++phase) {
    std::vector<AxisTap> taps;
    for (int64_t k = 0; k < kernel; ++k) {
      const int64_t at = phase + before - k * dilation;
      if (at % stride == 0) taps.push_back({k, at / stride});
    }
    add_runs(axis, taps, phase, stride, (outputs - phase + stride - 1) / stride, inputs);
  }
  return axis;
}

AxisSpan valid_outputs(int64_t k, int64_t outputs, int64_t inputs, int64_t stride, int64_t before, int64_t dilation) {
  const int64_t offset = k * dilation - before;
  const int64_t begin = std::clamp<int64_t>(divide_up(-offset, stride), 0, outputs);
  return {begin, std::clamp<int64_t>(divide_up(inputs - offset, stride), begin, outputs)};
}

Regions make_regions(const Axis& y, const Axis& x, int64_t input_width, int64_t kernel_width, int64_t depth,
                     bool join) {
  Regions result;
  result.input_step_y = y.input_step;
  result.input_step_x = x.input_step;
  for (const AxisRun& rows : y.runs)
    for (const AxisRun& columns : x.runs) {
      Region region = {rows.first, rows.step, rows.count, columns.first, columns.step, columns.count, 0, 0, 0, 0};
      const int64_t wide = static_cast<int64_t>(columns.taps.size());
      region.taps_begin = static_cast<int64_t>(result.taps.size());
      region.positions = static_cast<int64_t>(rows.taps.size()) * wide;
      region.depth = join ? wide * depth : depth;
      for (const AxisTap& row : rows.taps)
        for (int64_t t = 0; t < (join ? std::min<int64_t>(wide, 1) : wide); ++t) {
          const AxisTap& column = columns.taps[static_cast<size_t>(t)];
          result.taps.push_back({row.input * input_width + column.input, row.kernel * kernel_width + column.kernel});
        }
      region.taps_count = static_cast<int64_t>(result.taps.size()) - region.taps_begin;
      result.regions.push_back(region);
    }
  return result;
}

}  // namespace netwright
