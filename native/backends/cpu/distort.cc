// Distorts images on the processor: places and weights a register at a time, the four pixels around each one by one.
#include "backends/cpu/distort.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "backends/cpu/distort.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

static NW_INLINE Vec lane_numbers() {
  static const float numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  static_assert(kLanes <= 16, "one number a lane");
  return Vec::load(numbers);
}

// Along one axis: the pixels before and behind each place, and their weights, 0 for a pixel outside the image.
struct Neighbours {
  Vec before, behind, before_weight, behind_weight;

  // `at` may be anything, NaN included: it is brought to where the pixels end, [lowest, highest], at most one outside.
  NW_INLINE void find(Vec at, float lowest, float highest, float last) {
    const Vec zero = Vec::zero(), end(last), one(1.0f);
    const Vec place = min(max(at, Vec(lowest)), Vec(highest));
    const Vec pixel = floor(place), next = pixel + one, part = place - pixel;
    before_weight = select(ge(pixel, zero) & le(pixel, end), one - part, zero);
    behind_weight = select(le(next, end), part, zero);
    before = min(max(pixel, zero), end);
    behind = min(max(next, zero), end);
  }
};

// The pixels at some places of an image, one a lane.
struct Places {
  int32_t at[kLanes];

  NW_INLINE void find(Vec row, Vec column, Vec width) { to_int(fma(row, width, column)).store(at); }
  NW_INLINE Vec load(const float* image) const {
    float pixels[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) pixels[lane] = image[at[lane]];
    return Vec::load(pixels);
  }
};

static void distort_leaf(const ImageLayout& image, const AffineMap& map, const float* fill, const float* from,
                         float* to) {
  const int64_t width = image.width, plane = image.height * width;
  const float last_column = static_cast<float>(width - 1), last_row = static_cast<float>(image.height - 1);
  // With a fill the last pixel fades into it over the distance of one pixel.
  const float margin = fill == nullptr ? 0.0f : 1.0f;
  const Vec row_length(static_cast<float>(width));
  Neighbours x, y;
  Places above_before, above_behind, below_before, below_behind;
  for (int64_t row = 0; row < image.height; ++row) {
    const float line = static_cast<float>(row);
    const Vec row_x(map.xy * line + map.x), row_y(map.yy * line + map.y);
    for (int64_t column = 0; column < width; column += kLanes) {
      const Vec columns = lane_numbers() + Vec(static_cast<float>(column));
      x.find(fma(Vec(map.xx), columns, row_x), -margin, last_column + margin, last_column);
      y.find(fma(Vec(map.yx), columns, row_y), -margin, last_row + margin, last_row);
      above_before.find(y.before, x.before, row_length);
      above_behind.find(y.before, x.behind, row_length);
      below_before.find(y.behind, x.before, row_length);
      below_behind.find(y.behind, x.behind, row_length);
      const int64_t count = std::min<int64_t>(kLanes, width - column);
      for (int64_t channel = 0; channel < image.channels; ++channel) {
        const float* pixels = from + channel * plane;
        // As differences from the fill, so that background stays exactly what it is.
        const Vec base(fill == nullptr ? 0.0f : fill[channel]);
        const Vec above = fma(x.before_weight, above_before.load(pixels) - base,
                              x.behind_weight * (above_behind.load(pixels) - base));
        const Vec below = fma(x.before_weight, below_before.load(pixels) - base,
                              x.behind_weight * (below_behind.load(pixels) - base));
        const Vec value = base + fma(y.before_weight, above, y.behind_weight * below);
        float* stored = to + channel * image.channel_step + (row * width + column) * image.pixel_step;
        if (image.pixel_step == 1) {
          value.store_partial(stored, count);
        } else {
          float values[kLanes];
          value.store(values);
          for (int64_t lane = 0; lane < count; ++lane) stored[lane * image.pixel_step] = values[lane];
        }
      }
    }
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

DistortFunction distort_function(Isa isa) { return NW_DISPATCH(isa, distort_leaf); }

}  // namespace netwright
#endif
