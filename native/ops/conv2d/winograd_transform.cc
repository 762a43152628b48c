// Position 3 has the opposite sign of the textbook's, which saves negations.
// Each two-dimensional map is its one-dimensional map down the columns and then along the rows.
#include "ops/conv2d/winograd_transform.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/conv2d/winograd_transform.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

static NW_INLINE void map_input(const Vec in[4], Vec out[4]) {
  out[0] = in[0] - in[2];
  out[1] = in[1] + in[2];
  out[2] = in[2] - in[1];
  out[3] = in[3] - in[1];
}

static NW_INLINE void map_kernel(const Vec in[3], Vec out[4]) {
  const Vec half(0.5f);
  const Vec even = half * (in[0] + in[2]), odd = half * in[1];
  out[0] = in[0];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = in[2];
}

static NW_INLINE void map_output(const Vec in[4], Vec out[2]) {
  out[0] = in[0] + (in[1] + in[2]);
  out[1] = (in[1] - in[2]) + in[3];
}

static NW_INLINE void map_output_gradient(const Vec in[2], Vec out[4]) {
  out[0] = in[0];
  out[1] = in[0] + in[1];
  out[2] = in[0] - in[1];
  out[3] = in[1];
}

static NW_INLINE void map_kernel_gradient(const Vec in[4], Vec out[3]) {
  const Vec half(0.5f);
  const Vec sum = half * (in[1] + in[2]);
  out[0] = in[0] + sum;
  out[1] = half * (in[1] - in[2]);
  out[2] = sum + in[3];
}

template <bool partial>
static NW_INLINE Vec load(const float* p, int64_t count) {
  return partial ? Vec::load_partial(p, count) : Vec::load(p);
}

template <bool partial>
static NW_INLINE void store(Vec v, float* p, int64_t count) {
  if (partial)
    v.store_partial(p, count);
  else
    v.store(p);
}

template <bool partial>
static NW_INLINE void input_vector(const float* const* pixels, int64_t c, int64_t count, float* to, int64_t step) {
  Vec down[4][4];
  for (int x = 0; x < 4; ++x) {
    Vec in[4], out[4];
    for (int y = 0; y < 4; ++y) in[y] = load<partial>(pixels[y * 4 + x] + c, count);
    map_input(in, out);
    for (int y = 0; y < 4; ++y) down[y][x] = out[y];
  }
  for (int y = 0; y < 4; ++y) {
    Vec out[4];
    map_input(down[y], out);
    for (int x = 0; x < 4; ++x) store<partial>(out[x], to + (y * 4 + x) * step + c, count);
  }
}

template <bool partial>
static NW_INLINE void kernel_vector(const float* taps, int64_t tap_step, int64_t count, float* to, int64_t step) {
  Vec down[4][3];
  for (int x = 0; x < 3; ++x) {
    Vec in[3], out[4];
    for (int y = 0; y < 3; ++y) in[y] = load<partial>(taps + (y * 3 + x) * tap_step, count);
    map_kernel(in, out);
    for (int y = 0; y < 4; ++y) down[y][x] = out[y];
  }
  for (int y = 0; y < 4; ++y) {
    Vec out[4];
    map_kernel(down[y], out);
    for (int x = 0; x < 4; ++x) store<partial>(out[x], to + (y * 4 + x) * step, count);
  }
}

template <bool partial>
static NW_INLINE void output_vector(const float* from, int64_t step, int64_t c, int64_t count, const Epilogue& epilogue,
                                    float* const* pixels) {
  Vec down[2][4];
  for (int x = 0; x < 4; ++x) {
    Vec in[4], out[2];
    for (int y = 0; y < 4; ++y) in[y] = load<partial>(from + (y * 4 + x) * step + c, count);
    map_output(in, out);
    for (int y = 0; y < 2; ++y) down[y][x] = out[y];
  }
  const Vec bias = epilogue.bias == nullptr ? Vec::zero() : load<partial>(epilogue.bias + c, count);
  const Vec factor = epilogue.factor == nullptr ? Vec(1.0f) : load<partial>(epilogue.factor + c, count);
  for (int y = 0; y < 2; ++y) {
    Vec out[2];
    map_output(down[y], out);
    for (int x = 0; x < 2; ++x) {
      if (pixels[y * 2 + x] == nullptr) continue;
      const Vec value = fma(out[x], factor, bias);
      // NaN stays NaN.
      store<partial>(epilogue.relu ? max(Vec::zero(), value) : value, pixels[y * 2 + x] + c, count);
    }
  }
}

template <bool partial>
static NW_INLINE void output_gradient_vector(const float* const* pixels, int64_t c, int64_t count, float* to,
                                             int64_t step) {
  Vec down[4][2];
  for (int x = 0; x < 2; ++x) {
    Vec in[2], out[4];
    for (int y = 0; y < 2; ++y) in[y] = load<partial>(pixels[y * 2 + x] + c, count);
    map_output_gradient(in, out);
    for (int y = 0; y < 4; ++y) down[y][x] = out[y];
  }
  for (int y = 0; y < 4; ++y) {
    Vec out[4];
    map_output_gradient(down[y], out);
    for (int x = 0; x < 4; ++x) store<partial>(out[x], to + (y * 4 + x) * step + c, count);
  }
}

template <bool partial>
static NW_INLINE void kernel_gradient_vector(const float* from, int64_t step, int64_t count, float* taps,
                                             int64_t tap_step) {
  Vec down[3][4];
  for (int x = 0; x < 4; ++x) {
    Vec in[4], out[3];
    for (int y = 0; y < 4; ++y) in[y] = load<partial>(from + (y * 4 + x) * step, count);
    map_kernel_gradient(in, out);
    for (int y = 0; y < 3; ++y) down[y][x] = out[y];
  }
  for (int y = 0; y < 3; ++y) {
    Vec out[3];
    map_kernel_gradient(down[y], out);
    for (int x = 0; x < 3; ++x) store<partial>(out[x], taps + (y * 3 + x) * tap_step, count);
  }
}

static void transform_input(const float* const* pixels, int64_t channels, float* to, int64_t step) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) input_vector<false>(pixels, c, kLanes, to, step);
  if (c < channels) input_vector<true>(pixels, c, channels - c, to, step);
}

static void transform_kernel(const float* taps, int64_t tap_step, int64_t channels, float* to, int64_t step) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) kernel_vector<false>(taps + c, tap_step, kLanes, to + c, step);
  if (c < channels) kernel_vector<true>(taps + c, tap_step, channels - c, to + c, step);
}

static void transform_output(const float* from, int64_t step, int64_t channels, const Epilogue& epilogue,
                             float* const* pixels) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) output_vector<false>(from, step, c, kLanes, epilogue, pixels);
  if (c < channels) output_vector<true>(from, step, c, channels - c, epilogue, pixels);
}

static void transform_output_gradient(const float* const* pixels, int64_t channels, float* to, int64_t step) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) output_gradient_vector<false>(pixels, c, kLanes, to, step);
  if (c < channels) output_gradient_vector<true>(pixels, c, channels - c, to, step);
}

static void transform_kernel_gradient(const float* from, int64_t step, int64_t channels, float* taps,
                                      int64_t tap_step) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) kernel_gradient_vector<false>(from + c, step, kLanes, taps + c, tap_step);
  if (c < channels) kernel_gradient_vector<true>(from + c, step, channels - c, taps + c, tap_step);
}

static WinogradTransforms transforms() {
  return {transform_input, transform_kernel, transform_output, transform_output_gradient, transform_kernel_gradient};
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

WinogradTransforms winograd_transforms(Isa isa) { return NW_DISPATCH(isa, transforms)(); }

}  // namespace netwright
#endif
