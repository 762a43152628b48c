// Vec for arm64 NEON: 4 floats. Included by vec.h only.
NW_BEFORE_NAMESPACE

constexpr int kLanes = 4;

struct Mask {
  uint32x4_t m;
};

NW_INLINE Mask first_lanes(int64_t count) {
  static const int32_t index[4] = {0, 1, 2, 3};
  return {vcltq_s32(vld1q_s32(index), vdupq_n_s32(static_cast<int32_t>(count)))};
}
NW_INLINE Mask operator&(Mask a, Mask b) { return {vandq_u32(a.m, b.m)}; }
NW_INLINE Mask operator|(Mask a, Mask b) { return {vorrq_u32(a.m, b.m)}; }
NW_INLINE Mask operator!(Mask a) { return {vmvnq_u32(a.m)}; }
NW_INLINE bool any(Mask a) { return vmaxvq_u32(a.m) != 0; }
NW_INLINE bool all(Mask a) { return vminvq_u32(a.m) != 0; }

struct VecInt {
  int32x4_t v;
  NW_INLINE VecInt() : v(vdupq_n_s32(0)) {}
  NW_INLINE VecInt(int32x4_t value) : v(value) {}
  NW_INLINE explicit VecInt(int32_t value) : v(vdupq_n_s32(value)) {}
  static NW_INLINE VecInt load(const int32_t* p) { return vld1q_s32(p); }
  static NW_INLINE VecInt load_partial(const int32_t* p, int64_t count) {
    int32_t lanes[4] = {0, 0, 0, 0};
    for (int64_t i = 0; i < count; ++i) lanes[i] = p[i];
    return vld1q_s32(lanes);
  }
  NW_INLINE void store(int32_t* p) const { vst1q_s32(p, v); }
};

NW_INLINE VecInt operator+(VecInt a, VecInt b) { return vaddq_s32(a.v, b.v); }
NW_INLINE VecInt operator-(VecInt a, VecInt b) { return vsubq_s32(a.v, b.v); }
NW_INLINE VecInt operator&(VecInt a, VecInt b) { return vandq_s32(a.v, b.v); }
NW_INLINE VecInt operator|(VecInt a, VecInt b) { return vorrq_s32(a.v, b.v); }
NW_INLINE VecInt operator^(VecInt a, VecInt b) { return veorq_s32(a.v, b.v); }
template <int n>
NW_INLINE VecInt shift_left(VecInt a) {
  return vshlq_n_s32(a.v, n);
}
template <int n>
NW_INLINE VecInt shift_right(VecInt a) {
  return vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(a.v), n));
}

struct Vec {
  float32x4_t v;
  // Not initialised, so that arrays of accumulators cost nothing; use zero() for zeros.
  Vec() = default;
  NW_INLINE Vec(float32x4_t value) : v(value) {}
  NW_INLINE explicit Vec(float value) : v(vdupq_n_f32(value)) {}
  static NW_INLINE Vec zero() { return vdupq_n_f32(0.0f); }
  static NW_INLINE Vec load(const float* p) { return vld1q_f32(p); }
  static NW_INLINE Vec load_partial(const float* p, int64_t count) {
    float lanes[4] = {0, 0, 0, 0};
    for (int64_t i = 0; i < count; ++i) lanes[i] = p[i];
    return vld1q_f32(lanes);
  }
  NW_INLINE void store(float* p) const { vst1q_f32(p, v); }
  NW_INLINE void store_partial(float* p, int64_t count) const {
    float lanes[4];
    vst1q_f32(lanes, v);
    for (int64_t i = 0; i < count; ++i) p[i] = lanes[i];
  }
};

NW_INLINE Vec operator+(Vec a, Vec b) { return vaddq_f32(a.v, b.v); }
NW_INLINE Vec operator-(Vec a, Vec b) { return vsubq_f32(a.v, b.v); }
NW_INLINE Vec operator*(Vec a, Vec b) { return vmulq_f32(a.v, b.v); }
NW_INLINE Vec operator/(Vec a, Vec b) { return vdivq_f32(a.v, b.v); }
NW_INLINE Vec fma(Vec a, Vec b, Vec c) { return vfmaq_f32(c.v, a.v, b.v); }
NW_INLINE Vec fnma(Vec a, Vec b, Vec c) { return vfmsq_f32(c.v, a.v, b.v); }
// Not vmaxq, which would let a NaN in a win.
NW_INLINE Vec max(Vec a, Vec b) { return vbslq_f32(vcgtq_f32(a.v, b.v), a.v, b.v); }
NW_INLINE Vec min(Vec a, Vec b) { return vbslq_f32(vcltq_f32(a.v, b.v), a.v, b.v); }
NW_INLINE Vec sqrt(Vec a) { return vsqrtq_f32(a.v); }
NW_INLINE Vec abs(Vec a) { return vabsq_f32(a.v); }
NW_INLINE Vec neg(Vec a) { return vnegq_f32(a.v); }
NW_INLINE Vec floor(Vec a) { return vrndmq_f32(a.v); }
NW_INLINE Vec round(Vec a) { return vrndnq_f32(a.v); }
NW_INLINE Mask lt(Vec a, Vec b) { return {vcltq_f32(a.v, b.v)}; }
NW_INLINE Mask le(Vec a, Vec b) { return {vcleq_f32(a.v, b.v)}; }
NW_INLINE Mask gt(Vec a, Vec b) { return {vcgtq_f32(a.v, b.v)}; }
NW_INLINE Mask ge(Vec a, Vec b) { return {vcgeq_f32(a.v, b.v)}; }
NW_INLINE Mask eq(Vec a, Vec b) { return {vceqq_f32(a.v, b.v)}; }
NW_INLINE Vec select(Mask m, Vec a, Vec b) { return vbslq_f32(m.m, a.v, b.v); }
NW_INLINE VecInt to_int(Vec a) { return vcvtnq_s32_f32(a.v); }
NW_INLINE Vec to_float(VecInt a) { return vcvtq_f32_s32(a.v); }
NW_INLINE VecInt bits(Vec a) { return vreinterpretq_s32_f32(a.v); }
NW_INLINE Vec from_bits(VecInt a) { return vreinterpretq_f32_s32(a.v); }
NW_INLINE float reduce_add(Vec a) { return vaddvq_f32(a.v); }
NW_INLINE float reduce_max(Vec a) {
  float32x2_t half = vmax_f32(vget_low_f32(a.v), vget_high_f32(a.v));
  return vget_lane_f32(vpmax_f32(half, half), 0);
}

NW_AFTER_NAMESPACE
