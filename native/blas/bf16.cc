// The rounding loops for every instruction set: integer arithmetic that the compiler turns into vectors of each.
#include "blas/bf16.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "blas/bf16.cc"
#include "simd/foreach_target.h"

NW_BEFORE_NAMESPACE

// As bf16_of(), which must not be called here: the linker could then choose this region's copy of it for every caller.
static NW_INLINE uint32_t rounded_bits(uint32_t bits) {
  const uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  const uint32_t quiet = bits | 0x400000u;
  return (bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded;
}

static NW_INLINE uint32_t bits_of(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

static void round(const float* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t bits = rounded_bits(bits_of(from[i])) & 0xffff0000u;
    __builtin_memcpy(to + i, &bits, sizeof bits);
  }
}

static void convert(const float* from, int64_t step, uint16_t* to, int64_t count) {
  if (step == 1) {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<uint16_t>(rounded_bits(bits_of(from[i])) >> 16);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<uint16_t>(rounded_bits(bits_of(from[i * step])) >> 16);
  }
}

static void scatter(const float* from, uint16_t* to, int64_t step, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i * step] = static_cast<uint16_t>(rounded_bits(bits_of(from[i])) >> 16);
}

// A pair as the 32 bits in which it lies, even k in the lower half.
static NW_INLINE uint32_t pair_of(float even, float odd) {
  return (rounded_bits(bits_of(even)) >> 16) | (rounded_bits(bits_of(odd)) & 0xffff0000u);
}

static NW_INLINE void store_pair(uint16_t* to, uint32_t pair) { __builtin_memcpy(to, &pair, sizeof pair); }

static void interleave(const float* even, const float* odd, int64_t step, uint16_t* to, int64_t count) {
  if (odd == nullptr) {
    for (int64_t i = 0; i < count; ++i) store_pair(to + 2 * i, pair_of(even[i * step], 0.0f));
  } else if (step == 1) {
    for (int64_t i = 0; i < count; ++i) store_pair(to + 2 * i, pair_of(even[i], odd[i]));
  } else {
    for (int64_t i = 0; i < count; ++i) store_pair(to + 2 * i, pair_of(even[i * step], odd[i * step]));
  }
}

static const ::netwright::Bf16Loops loops = {round, convert, scatter, interleave};

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

const Bf16Loops& bf16_loops(Isa isa) { return *NW_DISPATCH(isa, loops); }

}  // namespace netwright
#endif
