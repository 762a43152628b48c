// Philox on registers: the bits of core/rng.h, kLanes blocks at a time. Read once per pass of foreach_target.h.
#if defined(NW_DROPOUT_PHILOX_H) == defined(NW_PASS_TOGGLE)
#ifdef NW_DROPOUT_PHILOX_H
#undef NW_DROPOUT_PHILOX_H
#else
#define NW_DROPOUT_PHILOX_H
#endif

#include "simd/vec.h"

NW_BEFORE_NAMESPACE

struct WideProduct {
  VecInt high, low;
};

// 32 by 32 to 64 bits, unsigned, in every lane.
static NW_INLINE WideProduct multiply_wide(VecInt a, uint32_t factor) {
#if NW_PASS == NW_PASS_AVX512
  const __m512i f = _mm512_set1_epi64(factor);
  const __m512i even = _mm512_mul_epu32(a.v, f);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), f);
  return {_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd),
          _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32))};
#elif NW_PASS == NW_PASS_AVX2
  const __m256i f = _mm256_set1_epi64x(factor);
  const __m256i even = _mm256_mul_epu32(a.v, f);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), f);
  return {_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa),
          _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa)};
#elif NW_PASS == NW_PASS_NEON
  const uint32x4_t v = vreinterpretq_u32_s32(a.v);
  const uint32x4_t lower = vreinterpretq_u32_u64(vmull_n_u32(vget_low_u32(v), factor));
  const uint32x4_t upper = vreinterpretq_u32_u64(vmull_n_u32(vget_high_u32(v), factor));
  return {vreinterpretq_s32_u32(vuzp2q_u32(lower, upper)), vreinterpretq_s32_u32(vuzp1q_u32(lower, upper))};
#else
  int32_t lanes[kLanes], high[kLanes], low[kLanes];
  a.store(lanes);
  for (int i = 0; i < kLanes; ++i) {
    const uint64_t product = uint64_t{static_cast<uint32_t>(lanes[i])} * factor;
    high[i] = static_cast<int32_t>(static_cast<uint32_t>(product >> 32));
    low[i] = static_cast<int32_t>(static_cast<uint32_t>(product));
  }
  return {VecInt::load(high), VecInt::load(low)};
#endif
}

static NW_INLINE VecInt splat(uint32_t word) { return VecInt(static_cast<int32_t>(word)); }

// The four words of kLanes consecutive blocks: words[w] holds word w of every block.
static NW_INLINE void random_blocks(uint64_t seed, uint32_t stream, uint64_t step, uint64_t first_block,
                                    VecInt words[4]) {
  int32_t low[kLanes], high[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    low[i] = static_cast<int32_t>(static_cast<uint32_t>(first_block + i));
    high[i] = static_cast<int32_t>(static_cast<uint32_t>((first_block + i) >> 32));
  }
  VecInt a = VecInt::load(low), b = VecInt::load(high);
  VecInt c = splat(stream), d = splat(static_cast<uint32_t>(step));
  uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const WideProduct first = multiply_wide(a, 0xD2511F53u);
    const WideProduct second = multiply_wide(c, 0xCD9E8D57u);
    a = second.high ^ b ^ splat(key0);
    c = first.high ^ d ^ splat(key1);
    b = second.low;
    d = first.low;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
}

NW_AFTER_NAMESPACE

#endif
