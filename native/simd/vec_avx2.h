// Vec for AVX2 with FMA: 8 floats. Included by vec.h only.
NW_BEFORE_NAMESPACE

constexpr int kLanes = 8;

struct Mask {
  __m256 m;
};

NW_INLINE __m256i lane_mask(int64_t count) {
  static const int32_t table[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(table + 8 - count));
}
NW_INLINE Mask first_lanes(int64_t count) { return {_mm256_castsi256_ps(lane_mask(count))}; }
NW_INLINE Mask operator&(Mask a, Mask b) { return {_mm256_and_ps(a.m, b.m)}; }
NW_INLINE Mask operator|(Mask a, Mask b) { return {_mm256_or_ps(a.m, b.m)}; }
NW_INLINE Mask operator!(Mask a) { return {_mm256_xor_ps(a.m, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))}; }
NW_INLINE bool any(Mask a) { return _mm256_movemask_ps(a.m) != 0; }
NW_INLINE bool all(Mask a) { return _mm256_movemask_ps(a.m) == 0xff; }

struct VecInt {
  __m256i v;
  NW_INLINE VecInt() : v(_mm256_setzero_si256()) {}
  NW_INLINE VecInt(__m256i value) : v(value) {}
  NW_INLINE explicit VecInt(int32_t value) : v(_mm256_set1_epi32(value)) {}
  static NW_INLINE VecInt load(const int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static NW_INLINE VecInt load_partial(const int32_t* p, int64_t count) {
    return _mm256_maskload_epi32(p, lane_mask(count));
  }
  NW_INLINE void store(int32_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
};

NW_INLINE VecInt operator+(VecInt a, VecInt b) { return _mm256_add_epi32(a.v, b.v); }
NW_INLINE VecInt operator-(VecInt a, VecInt b) { return _mm256_sub_epi32(a.v, b.v); }
NW_INLINE VecInt operator&(VecInt a, VecInt b) { return _mm256_and_si256(a.v, b.v); }
NW_INLINE VecInt operator|(VecInt a, VecInt b) { return _mm256_or_si256(a.v, b.v); }
NW_INLINE VecInt operator^(VecInt a, VecInt b) { return _mm256_xor_si256(a.v, b.v); }
template <int n>
NW_INLINE VecInt shift_left(VecInt a) {
  return _mm256_slli_epi32(a.v, n);
}
template <int n>
NW_INLINE VecInt shift_right(VecInt a) {
  return _mm256_srli_epi32(a.v, n);
}

struct Vec {
  __m256 v;
  // Not initialised, so that arrays of accumulators cost nothing; use zero() for zeros.
  Vec() = default;
  NW_INLINE Vec(__m256 value) : v(value) {}
  NW_INLINE explicit Vec(float value) : v(_mm256_set1_ps(value)) {}
  static NW_INLINE Vec zero() { return _mm256_setzero_ps(); }
  static NW_INLINE Vec load(const float* p) { return _mm256_loadu_ps(p); }
  static NW_INLINE Vec load_partial(const float* p, int64_t count) { return _mm256_maskload_ps(p, lane_mask(count)); }
  NW_INLINE void store(float* p) const { _mm256_storeu_ps(p, v); }
  NW_INLINE void store_partial(float* p, int64_t count) const { _mm256_maskstore_ps(p, lane_mask(count), v); }
};

NW_INLINE Vec operator+(Vec a, Vec b) { return _mm256_add_ps(a.v, b.v); }
NW_INLINE Vec operator-(Vec a, Vec b) { return _mm256_sub_ps(a.v, b.v); }
NW_INLINE Vec operator*(Vec a, Vec b) { return _mm256_mul_ps(a.v, b.v); }
NW_INLINE Vec operator/(Vec a, Vec b) { return _mm256_div_ps(a.v, b.v); }
NW_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a.v, b.v, c.v); }
NW_INLINE Vec fnma(Vec a, Vec b, Vec c) { return _mm256_fnmadd_ps(a.v, b.v, c.v); }
NW_INLINE Vec max(Vec a, Vec b) { return _mm256_max_ps(a.v, b.v); }
NW_INLINE Vec min(Vec a, Vec b) { return _mm256_min_ps(a.v, b.v); }
NW_INLINE Vec sqrt(Vec a) { return _mm256_sqrt_ps(a.v); }
NW_INLINE Vec abs(Vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v); }
NW_INLINE Vec neg(Vec a) { return _mm256_xor_ps(a.v, _mm256_set1_ps(-0.0f)); }
NW_INLINE Vec floor(Vec a) { return _mm256_round_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
NW_INLINE Vec round(Vec a) { return _mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
NW_INLINE Mask lt(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
NW_INLINE Mask le(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LE_OQ)}; }
NW_INLINE Mask gt(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)}; }
NW_INLINE Mask ge(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)}; }
NW_INLINE Mask eq(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)}; }
NW_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm256_blendv_ps(b.v, a.v, m.m); }
NW_INLINE VecInt to_int(Vec a) { return _mm256_cvtps_epi32(a.v); }
NW_INLINE Vec to_float(VecInt a) { return _mm256_cvtepi32_ps(a.v); }
NW_INLINE VecInt bits(Vec a) { return _mm256_castps_si256(a.v); }
NW_INLINE Vec from_bits(VecInt a) { return _mm256_castsi256_ps(a.v); }
NW_INLINE float reduce_add(Vec a) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
}
NW_INLINE float reduce_max(Vec a) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_shuffle_ps(s, s, 1)));
}

NW_AFTER_NAMESPACE
