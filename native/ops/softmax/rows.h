// Sums and maxima of one row, shared by softmax and the cross entropy. Read once per pass of foreach_target.h.
#if defined(NW_SOFTMAX_ROWS_H) == defined(NW_PASS_TOGGLE)
#ifdef NW_SOFTMAX_ROWS_H
#undef NW_SOFTMAX_ROWS_H
#else
#define NW_SOFTMAX_ROWS_H
#endif

#include "ops/lanes.h"
#include "simd/math.h"

NW_BEFORE_NAMESPACE

static NW_INLINE float row_maximum(const float* x, int64_t count) {
  const Vec lowest(-std::numeric_limits<float>::infinity());
  Vec best = lowest;
  for (int64_t i = 0; i < count; i += kLanes) best = max(best, lanes_at(i, count).load_or(x + i, lowest));
  return reduce_max(best);
}

// Sum of exp(x - maximum), at least 1 for numbers; NaN when any x is.
static NW_INLINE float row_exp_sum(const float* x, float maximum, int64_t count) {
  const Vec lowest(-std::numeric_limits<float>::infinity());
  Vec sum = Vec::zero();
  for (int64_t i = 0; i < count; i += kLanes) sum = sum + exp(lanes_at(i, count).load_or(x + i, lowest) - Vec(maximum));
  return reduce_add(sum);
}

NW_AFTER_NAMESPACE

#endif
