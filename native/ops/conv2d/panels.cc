// Packing of pixels: whole vectors, the last of which reaches into the next slot, written right after it.
#include "ops/conv2d/panels.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/conv2d/panels.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

static_assert(kLanes <= kPanelSlack, "the last vector of a panel must end within its slack");

template <int whole, bool partial>
static void pack_slots(const PixelRun& run, int64_t width, float* to) {
  const int64_t rest = width - whole * kLanes;
  for (int64_t i = 0; i < run.outer; ++i) {
    const float* from = run.from + i * run.outer_stride;
    for (int64_t j = 0; j < run.inner; ++j) {
      for (int v = 0; v < whole; ++v) Vec::load(from + v * kLanes).store(to + v * kLanes);
      if (partial) Vec::load_partial(from + whole * kLanes, rest).store(to + whole * kLanes);
      from += run.inner_stride;
      to += width;
    }
  }
}

template <bool partial>
static void pack_any(const PixelRun& run, int64_t width, float* to) {
  switch (width / kLanes) {
    case 0:
      return pack_slots<0, partial>(run, width, to);
    case 1:
      return pack_slots<1, partial>(run, width, to);
    case 2:
      return pack_slots<2, partial>(run, width, to);
    case 3:
      return pack_slots<3, partial>(run, width, to);
    default:
      return pack_slots<4, partial>(run, width, to);
  }
}

// At most the columns of a tile: 4 vectors.
static void pack(const PixelRun& run, int64_t width, float* to) {
  if (width % kLanes == 0) return pack_any<false>(run, width, to);
  pack_any<true>(run, width, to);
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

PackFunction pack_function(Isa isa) { return NW_DISPATCH(isa, pack); }

}  // namespace netwright
#endif
