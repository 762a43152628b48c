// One pass for each of: y; the two sums behind the gradient; dx. Masks of relu are found again instead of being stored.
#include "ops/batch_norm/rows.h"

#include <algorithm>

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/batch_norm/rows.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// max(x, 0); NaN stays NaN.
static NW_INLINE Vec rectified(Vec x) { return select(lt(x, Vec::zero()), Vec::zero(), x); }
static NW_INLINE Vec where_positive(Vec z, Vec dy) { return select(gt(z, Vec::zero()), dy, Vec::zero()); }

template <Epilogue epilogue>
static NW_INLINE void forward_rows(const NormRows& rows, const NormOperands& o) {
  for (int64_t at = 0; at < rows.count; at += rows.width) {
    const int64_t columns = std::min(rows.width, rows.count - at);
    for (int64_t j = 0; j < columns; j += kLanes) {
      const Lanes lanes = lanes_at(j, columns);
      Vec y =
          fma(lanes.load(rows.x + at + j) - lanes.load(o.mean + j), lanes.load(o.factor + j), lanes.load(o.shift + j));
      if (epilogue == Epilogue::residual_relu) y = y + lanes.load(rows.residual + at + j);
      lanes.store(epilogue == Epilogue::none ? y : rectified(y), rows.out + at + j);
    }
  }
}

// The gradient before the epilogue, and x - mean.
template <Epilogue epilogue>
static NW_INLINE Vec gradient_behind(const NormRows& rows, int64_t at, Lanes lanes, Vec centered, Vec factor,
                                     Vec shift) {
  const Vec dy = lanes.load(rows.dy + at);
  if (epilogue == Epilogue::relu) return where_positive(fma(centered, factor, shift), dy);
  if (epilogue == Epilogue::residual_relu) return where_positive(lanes.load(rows.y + at), dy);
  return dy;
}

template <Epilogue epilogue, int columns>
static NW_INLINE void sum_strip(const NormRows& rows, const NormOperands& o, int64_t j, Lanes lanes, int64_t length) {
  Vec first[columns], second[columns], mean[columns], factor[columns], shift[columns];
  for (int k = 0; k < columns; ++k) {
    first[k] = second[k] = Vec::zero();
    mean[k] = lanes.load(o.mean + j + k * kLanes);
    if (epilogue != Epilogue::relu) continue;
    factor[k] = lanes.load(o.factor + j + k * kLanes);
    shift[k] = lanes.load(o.shift + j + k * kLanes);
  }
  for (int64_t row = 0; row < length; ++row)
    for (int k = 0; k < columns; ++k) {
      const int64_t at = row * rows.width + j + k * kLanes;
      const Vec centered = lanes.load(rows.x + at) - mean[k];
      const Vec dz = gradient_behind<epilogue>(rows, at, lanes, centered, factor[k], shift[k]);
      first[k] = first[k] + dz;
      second[k] = fma(dz, centered, second[k]);
      if (epilogue == Epilogue::residual_relu) lanes.store(dz, rows.out + at);
    }
  for (int k = 0; k < columns; ++k) {
    lanes.store(first[k], rows.sums + j + k * kLanes);
    lanes.store(second[k], rows.sums + rows.width + j + k * kLanes);
  }
}

template <Epilogue epilogue>
static NW_INLINE void sum_rows(const NormRows& rows, const NormOperands& o) {
  const int64_t whole = rows.count / rows.width, tail = rows.count % rows.width;
  int64_t j = 0;
  for (; j + 2 * kLanes <= rows.width; j += 2 * kLanes) sum_strip<epilogue, 2>(rows, o, j, Lanes{kLanes}, whole);
  for (; j < rows.width; j += kLanes) sum_strip<epilogue, 1>(rows, o, j, lanes_at(j, rows.width), whole);
  for (j = 0; j < tail; j += kLanes) {
    const Lanes lanes = lanes_at(j, tail);
    const int64_t at = whole * rows.width + j;
    const Vec centered = lanes.load(rows.x + at) - lanes.load(o.mean + j);
    const Vec dz =
        gradient_behind<epilogue>(rows, at, lanes, centered, lanes.load(o.factor + j), lanes.load(o.shift + j));
    float* sums = rows.sums + j;
    lanes.store(lanes.load(sums) + dz, sums);
    lanes.store(fma(dz, centered, lanes.load(sums + rows.width)), sums + rows.width);
    if (epilogue == Epilogue::residual_relu) lanes.store(dz, rows.out + at);
  }
}

template <Epilogue epilogue>
static NW_INLINE void gradient_rows(const NormRows& rows, const NormOperands& o) {
  for (int64_t row = 0; row < rows.count; row += rows.width) {
    const int64_t columns = std::min(rows.width, rows.count - row);
    for (int64_t j = 0; j < columns; j += kLanes) {
      const Lanes lanes = lanes_at(j, columns);
      const Vec centered = lanes.load(rows.x + row + j) - lanes.load(o.mean + j);
      const Vec factor = lanes.load(o.factor + j);
      const Vec dz = gradient_behind<epilogue>(rows, row + j, lanes, centered, factor, lanes.load(o.shift + j));
      lanes.store(factor * fnma(centered, lanes.load(o.slope + j), dz - lanes.load(o.offset + j)), rows.out + row + j);
    }
  }
}

#define NW_NORM_LEAVES(name, epilogue, behind)                                                                 \
  static void forward_##name(const NormRows& rows, const NormOperands& o) { forward_rows<epilogue>(rows, o); } \
  static void sums_##name(const NormRows& rows, const NormOperands& o) { sum_rows<epilogue>(rows, o); }        \
  static void gradient_##name(const NormRows& rows, const NormOperands& o) { gradient_rows<behind>(rows, o); }
NW_NORM_LEAVES(none, Epilogue::none, Epilogue::none)
NW_NORM_LEAVES(relu, Epilogue::relu, Epilogue::relu)
NW_NORM_LEAVES(residual_relu, Epilogue::residual_relu, Epilogue::none)
#undef NW_NORM_LEAVES

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

#define NW_FUNCTIONS(name) \
  { NW_DISPATCH(isa, forward_##name), NW_DISPATCH(isa, sums_##name), NW_DISPATCH(isa, gradient_##name) }
NormRowFunctions norm_row_functions(Isa isa, Epilogue epilogue) {
  if (epilogue == Epilogue::none) return NW_FUNCTIONS(none);
  if (epilogue == Epilogue::relu) return NW_FUNCTIONS(relu);
  return NW_FUNCTIONS(residual_relu);
}
#undef NW_FUNCTIONS

NormPasses plan_passes(const Channels& view, const Target& target, Epilogue epilogue) {
  return {norm_row_functions(target.isa, epilogue), plan_sums(view, target)};
}

namespace {

// Calls function(rows) on ranges of wide rows; pointers of `all` are those of the first element.
void each_range(const NormPasses& passes, const NormRows& all, const NormOperands& operands, NormRowFunction function,
                Stream& stream) {
  const int64_t width = passes.grid().width();
  stream.parallel(passes.grid().wide_rows(), 0.15 * static_cast<double>(width), [&](int64_t first, int64_t last, int) {
    const int64_t begin = passes.sums.first(first);
    NormRows rows = all;
    rows.count = passes.sums.first(last) - begin;
    for (const float** pointer : {&rows.x, &rows.dy, &rows.residual, &rows.y})
      if (*pointer != nullptr) *pointer += begin;
    rows.out += begin;
    function(rows, operands);
  });
}

}  // namespace

void run_norm_forward(const NormPasses& passes, const float* x, const float* residual, const float* mean,
                      const float* factor, const float* shift, float* y, void* workspace, Stream& stream) {
  NormOperands operands = {};
  int64_t index = 0;
  const auto wide = [&](const float* values) {
    float* to = passes.operand(workspace, index++);
    repeat_channels(passes.grid(), values, to);
    return to;
  };
  operands.mean = wide(mean);
  operands.factor = wide(factor);
  operands.shift = wide(shift);
  NormRows rows = {};
  rows.width = passes.grid().width();
  rows.x = x;
  rows.residual = residual;
  rows.out = y;
  each_range(passes, rows, operands, passes.rows.forward, stream);
}

void run_norm_gradient(const NormPasses& passes, const NormGradient& v, void* workspace, Stream& stream) {
  const ChannelGrid& grid = passes.grid();
  const int64_t c = grid.channels;
  float* wide[5];
  for (int64_t i = 0; i < 5; ++i) wide[i] = passes.operand(workspace, i);
  const NormOperands operands = {wide[0], wide[1], wide[2], wide[3], wide[4]};
  repeat_channels(grid, v.mean, wide[0]);
  for (int64_t j = 0; j < c; ++j) wide[1][j] = v.scale[j] * v.inverse_deviation[j];
  for (int64_t i = 1; i < grid.repeat; ++i) std::copy_n(wide[1], c, wide[1] + i * c);
  if (v.shift != nullptr) repeat_channels(grid, v.shift, wide[2]);

  NormRows all = {};
  all.width = grid.width();
  all.x = v.x;
  all.dy = v.dy;
  all.y = v.y;
  each_block(passes.sums, workspace, stream, [&](double* partial, int64_t begin, int64_t count, float* scratch) {
    NormRows rows = all;
    rows.count = count;
    rows.x += begin;
    rows.dy += begin;
    if (rows.y != nullptr) rows.y += begin;
    rows.out = v.dresidual == nullptr ? nullptr : v.dresidual + begin;
    rows.sums = scratch;
    passes.rows.sums(rows, operands);
    fold(grid, scratch, partial);
    fold(grid, scratch + grid.width(), partial + c);
  });
  for (int64_t j = 0; j < c; ++j) {
    const TwoSums total = add_blocks(passes.sums.partials(workspace), passes.sums.blocks(), c, j);
    const GradientTerms terms = gradient_terms(total, static_cast<double>(grid.rows), v.scale[j],
                                               v.inverse_deviation[j], v.dscale + j, v.dshift + j);
    wide[3][j] = terms.offset;
    wide[4][j] = terms.slope;
  }
  for (int64_t k : {3, 4})
    for (int64_t i = 1; i < grid.repeat; ++i) std::copy_n(wide[k], c, wide[k] + i * c);
  all.dy = v.dresidual == nullptr ? v.dy : v.dresidual;
  all.out = v.dx;
  each_range(passes, all, operands, passes.rows.gradient, stream);
}

}  // namespace netwright
#endif
