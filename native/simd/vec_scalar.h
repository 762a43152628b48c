// Vec in the compiler's own vector type: 4 floats, for any processor; the fallback. Included by vec.h only.
NW_BEFORE_NAMESPACE

constexpr int kLanes = 4;

typedef float Float4 __attribute__((vector_size(16)));
typedef int32_t Int4 __attribute__((vector_size(16)));
typedef uint32_t Uint4 __attribute__((vector_size(16)));

struct Mask {
  Int4 m;
};

NW_INLINE Mask first_lanes(int64_t count) {
  const int32_t c = static_cast<int32_t>(count);
  return {Int4{0, 1, 2, 3} < Int4{c, c, c, c}};
}
NW_INLINE Mask operator&(Mask a, Mask b) { return {a.m & b.m}; }
NW_INLINE Mask operator|(Mask a, Mask b) { return {a.m | b.m}; }
NW_INLINE Mask operator!(Mask a) { return {~a.m}; }
NW_INLINE bool any(Mask a) { return (a.m[0] | a.m[1] | a.m[2] | a.m[3]) != 0; }
NW_INLINE bool all(Mask a) { return (a.m[0] & a.m[1] & a.m[2] & a.m[3]) != 0; }

struct VecInt {
  Int4 v;
  NW_INLINE VecInt() : v(Int4{0, 0, 0, 0}) {}
  NW_INLINE VecInt(Int4 value) : v(value) {}
  NW_INLINE explicit VecInt(int32_t x) : v(Int4{x, x, x, x}) {}
  static NW_INLINE VecInt load(const int32_t* p) {
    VecInt result;
    std::memcpy(&result.v, p, sizeof result.v);
    return result;
  }
  static NW_INLINE VecInt load_partial(const int32_t* p, int64_t count) {
    VecInt result;
    for (int64_t i = 0; i < count; ++i) result.v[i] = p[i];
    return result;
  }
  NW_INLINE void store(int32_t* p) const { std::memcpy(p, &v, sizeof v); }
};

// Unsigned, because signed overflow is undefined.
NW_INLINE VecInt operator+(VecInt a, VecInt b) { return (Int4)((Uint4)a.v + (Uint4)b.v); }
NW_INLINE VecInt operator-(VecInt a, VecInt b) { return (Int4)((Uint4)a.v - (Uint4)b.v); }
NW_INLINE VecInt operator&(VecInt a, VecInt b) { return a.v & b.v; }
NW_INLINE VecInt operator|(VecInt a, VecInt b) { return a.v | b.v; }
NW_INLINE VecInt operator^(VecInt a, VecInt b) { return a.v ^ b.v; }
template <int n>
NW_INLINE VecInt shift_left(VecInt a) {
  return (Int4)((Uint4)a.v << n);
}
template <int n>
NW_INLINE VecInt shift_right(VecInt a) {
  return (Int4)((Uint4)a.v >> n);
}

struct Vec {
  Float4 v;
  // Not initialised, so that arrays of accumulators cost nothing; use zero() for zeros.
  Vec() = default;
  NW_INLINE Vec(Float4 value) : v(value) {}
  NW_INLINE explicit Vec(float x) : v(Float4{x, x, x, x}) {}
  static NW_INLINE Vec zero() { return Vec(0.0f); }
  static NW_INLINE Vec load(const float* p) {
    Vec result;
    std::memcpy(&result.v, p, sizeof result.v);
    return result;
  }
  static NW_INLINE Vec load_partial(const float* p, int64_t count) {
    Vec result = zero();
    for (int64_t i = 0; i < count; ++i) result.v[i] = p[i];
    return result;
  }
  NW_INLINE void store(float* p) const { std::memcpy(p, &v, sizeof v); }
  NW_INLINE void store_partial(float* p, int64_t count) const {
    for (int64_t i = 0; i < count; ++i) p[i] = v[i];
  }
};

NW_INLINE VecInt bits(Vec a) { return (Int4)a.v; }
NW_INLINE Vec from_bits(VecInt a) { return (Float4)a.v; }

NW_INLINE Vec operator+(Vec a, Vec b) { return a.v + b.v; }
NW_INLINE Vec operator-(Vec a, Vec b) { return a.v - b.v; }
NW_INLINE Vec operator*(Vec a, Vec b) { return a.v * b.v; }
NW_INLINE Vec operator/(Vec a, Vec b) { return a.v / b.v; }
// Not std::fma, which is a slow library call on processors without the instruction.
NW_INLINE Vec fma(Vec a, Vec b, Vec c) { return a.v * b.v + c.v; }
NW_INLINE Vec fnma(Vec a, Vec b, Vec c) { return c.v - a.v * b.v; }
NW_INLINE Mask lt(Vec a, Vec b) { return {a.v < b.v}; }
NW_INLINE Mask le(Vec a, Vec b) { return {a.v <= b.v}; }
NW_INLINE Mask gt(Vec a, Vec b) { return {a.v > b.v}; }
NW_INLINE Mask ge(Vec a, Vec b) { return {a.v >= b.v}; }
NW_INLINE Mask eq(Vec a, Vec b) { return {a.v == b.v}; }
NW_INLINE Vec select(Mask m, Vec a, Vec b) { return (Float4)((m.m & (Int4)a.v) | (~m.m & (Int4)b.v)); }
NW_INLINE Vec max(Vec a, Vec b) { return select(gt(a, b), a, b); }
NW_INLINE Vec min(Vec a, Vec b) { return select(lt(a, b), a, b); }
NW_INLINE Vec sqrt(Vec a) { return Float4{std::sqrt(a.v[0]), std::sqrt(a.v[1]), std::sqrt(a.v[2]), std::sqrt(a.v[3])}; }
NW_INLINE Vec abs(Vec a) { return from_bits(bits(a) & VecInt(0x7fffffff)); }
NW_INLINE Vec neg(Vec a) { return from_bits(bits(a) ^ VecInt(INT32_MIN)); }
NW_INLINE Vec floor(Vec a) {
  return Float4{std::floor(a.v[0]), std::floor(a.v[1]), std::floor(a.v[2]), std::floor(a.v[3])};
}
NW_INLINE Vec round(Vec a) {
  return Float4{std::nearbyint(a.v[0]), std::nearbyint(a.v[1]), std::nearbyint(a.v[2]), std::nearbyint(a.v[3])};
}
// Out of range (and NaN) gives INT32_MIN as on x86; a plain cast would be undefined there.
NW_INLINE int32_t lane_to_int(float x) {
  return x >= -2147483648.0f && x < 2147483648.0f ? static_cast<int32_t>(std::nearbyint(x)) : INT32_MIN;
}
NW_INLINE VecInt to_int(Vec a) {
  return Int4{lane_to_int(a.v[0]), lane_to_int(a.v[1]), lane_to_int(a.v[2]), lane_to_int(a.v[3])};
}
NW_INLINE Vec to_float(VecInt a) {
  return Float4{static_cast<float>(a.v[0]), static_cast<float>(a.v[1]), static_cast<float>(a.v[2]),
                static_cast<float>(a.v[3])};
}
NW_INLINE float reduce_add(Vec a) { return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]); }
NW_INLINE float reduce_max(Vec a) {
  const float low = a.v[0] > a.v[2] ? a.v[0] : a.v[2];
  const float high = a.v[1] > a.v[3] ? a.v[1] : a.v[3];
  return low > high ? low : high;
}

NW_AFTER_NAMESPACE
