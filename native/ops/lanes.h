// The lanes of one register in a row of any length. Read once per pass of foreach_target.h.
#if defined(NW_OPS_LANES_H) == defined(NW_PASS_TOGGLE)
#ifdef NW_OPS_LANES_H
#undef NW_OPS_LANES_H
#else
#define NW_OPS_LANES_H
#endif

#include "simd/vec.h"

NW_BEFORE_NAMESPACE

// The next `count` elements, at most kLanes: all of them but at the end of a row.
struct Lanes {
  int64_t count;
  NW_INLINE Vec load(const float* p) const { return count == kLanes ? Vec::load(p) : Vec::load_partial(p, count); }
  NW_INLINE Vec load_or(const float* p, Vec missing) const {
    return count == kLanes ? Vec::load(p) : select(first_lanes(count), Vec::load_partial(p, count), missing);
  }
  NW_INLINE void store(Vec v, float* p) const {
    if (count == kLanes)
      v.store(p);
    else
      v.store_partial(p, count);
  }
};

static NW_INLINE Lanes lanes_at(int64_t index, int64_t length) { return {std::min<int64_t>(kLanes, length - index)}; }

NW_AFTER_NAMESPACE

#endif
