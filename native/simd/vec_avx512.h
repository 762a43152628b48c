// Vec for AVX-512 (F, BW, DQ, VL): 16 floats. Included by vec.h only.
NW_BEFORE_NAMESPACE

constexpr int kLanes = 16;

struct Mask {
  __mmask16 m;
};

NW_INLINE Mask first_lanes(int64_t count) { return {static_cast<__mmask16>((1u << count) - 1u)}; }
NW_INLINE Mask operator&(Mask a, Mask b) { return {static_cast<__mmask16>(a.m & b.m)}; }
NW_INLINE Mask operator|(Mask a, Mask b) { return {static_cast<__mmask16>(a.m | b.m)}; }
NW_INLINE Mask operator!(Mask a) { return {static_cast<__mmask16>(~a.m)}; }
NW_INLINE bool any(Mask a) { return a.m != 0; }
NW_INLINE bool all(Mask a) { return a.m == 0xffff; }

struct VecInt {
  __m512i v;
  NW_INLINE VecInt() : v(_mm512_setzero_si512()) {}
  NW_INLINE VecInt(__m512i value) : v(value) {}
  NW_INLINE explicit VecInt(int32_t value) : v(_mm512_set1_epi32(value)) {}
  static NW_INLINE VecInt load(const int32_t* p) { return _mm512_loadu_si512(p); }
  static NW_INLINE VecInt load_partial(const int32_t* p, int64_t count) {
    return _mm512_maskz_loadu_epi32(first_lanes(count).m, p);
  }
  NW_INLINE void store(int32_t* p) const { _mm512_storeu_si512(p, v); }
};

NW_INLINE VecInt operator+(VecInt a, VecInt b) { return _mm512_add_epi32(a.v, b.v); }
NW_INLINE VecInt operator-(VecInt a, VecInt b) { return _mm512_sub_epi32(a.v, b.v); }
NW_INLINE VecInt operator&(VecInt a, VecInt b) { return _mm512_and_si512(a.v, b.v); }
NW_INLINE VecInt operator|(VecInt a, VecInt b) { return _mm512_or_si512(a.v, b.v); }
NW_INLINE VecInt operator^(VecInt a, VecInt b) { return _mm512_xor_si512(a.v, b.v); }
template <int n>
NW_INLINE VecInt shift_left(VecInt a) {
  return _mm512_slli_epi32(a.v, n);
}
template <int n>
NW_INLINE VecInt shift_right(VecInt a) {
  return _mm512_srli_epi32(a.v, n);
}

struct Vec {
  __m512 v;
  // Not initialised, so that arrays of accumulators cost nothing; use zero() for zeros.
  Vec() = default;
  NW_INLINE Vec(__m512 value) : v(value) {}
  NW_INLINE explicit Vec(float value) : v(_mm512_set1_ps(value)) {}
  static NW_INLINE Vec zero() { return _mm512_setzero_ps(); }
  static NW_INLINE Vec load(const float* p) { return _mm512_loadu_ps(p); }
  static NW_INLINE Vec load_partial(const float* p, int64_t count) {
    return _mm512_maskz_loadu_ps(first_lanes(count).m, p);
  }
  NW_INLINE void store(float* p) const { _mm512_storeu_ps(p, v); }
  NW_INLINE void store_partial(float* p, int64_t count) const { _mm512_mask_storeu_ps(p, first_lanes(count).m, v); }
};

NW_INLINE Vec operator+(Vec a, Vec b) { return _mm512_add_ps(a.v, b.v); }
NW_INLINE Vec operator-(Vec a, Vec b) { return _mm512_sub_ps(a.v, b.v); }
NW_INLINE Vec operator*(Vec a, Vec b) { return _mm512_mul_ps(a.v, b.v); }
NW_INLINE Vec operator/(Vec a, Vec b) { return _mm512_div_ps(a.v, b.v); }
NW_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a.v, b.v, c.v); }
NW_INLINE Vec fnma(Vec a, Vec b, Vec c) { return _mm512_fnmadd_ps(a.v, b.v, c.v); }
NW_INLINE Vec max(Vec a, Vec b) { return _mm512_max_ps(a.v, b.v); }
NW_INLINE Vec min(Vec a, Vec b) { return _mm512_min_ps(a.v, b.v); }
NW_INLINE Vec sqrt(Vec a) { return _mm512_sqrt_ps(a.v); }
NW_INLINE Vec abs(Vec a) { return _mm512_abs_ps(a.v); }
NW_INLINE Vec neg(Vec a) { return _mm512_xor_ps(a.v, _mm512_set1_ps(-0.0f)); }
NW_INLINE Vec floor(Vec a) { return _mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
NW_INLINE Vec round(Vec a) { return _mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
NW_INLINE Mask lt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
NW_INLINE Mask le(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ)}; }
NW_INLINE Mask gt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)}; }
NW_INLINE Mask ge(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ)}; }
NW_INLINE Mask eq(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
NW_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm512_mask_blend_ps(m.m, b.v, a.v); }
NW_INLINE VecInt to_int(Vec a) { return _mm512_cvtps_epi32(a.v); }
NW_INLINE Vec to_float(VecInt a) { return _mm512_cvtepi32_ps(a.v); }
NW_INLINE VecInt bits(Vec a) { return _mm512_castps_si512(a.v); }
NW_INLINE Vec from_bits(VecInt a) { return _mm512_castsi512_ps(a.v); }
NW_INLINE float reduce_add(Vec a) { return _mm512_reduce_add_ps(a.v); }
NW_INLINE float reduce_max(Vec a) { return _mm512_reduce_max_ps(a.v); }

NW_AFTER_NAMESPACE
