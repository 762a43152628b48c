// bfloat16, the upper half of a float32: rounding of single numbers and of whole operands.
#pragma once

#include <cstdint>
#include <cstring>

#include "simd/isa.h"

namespace netwright {

// To nearest, ties to even; too large becomes infinite, NaN stays NaN.
inline uint16_t bf16_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const uint32_t quiet = (bits >> 16) | 0x40u;
  return static_cast<uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded);
}

inline float float_of(uint16_t bf16) {
  const uint32_t bits = static_cast<uint32_t>(bf16) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// The loops of an instruction set.
struct Bf16Loops {
  // to[i] = from[i], rounded, still as float32.
  void (*round)(const float* from, float* to, int64_t count);
  // to[i] = from[i * step], as bfloat16.
  void (*convert)(const float* from, int64_t step, uint16_t* to, int64_t count);
  // to[i * step] = from[i], as bfloat16.
  void (*scatter)(const float* from, uint16_t* to, int64_t step, int64_t count);
  // Pairs of neighbouring k side by side, as dot products read them: to[2 * i] = even[i * step], to[2 * i + 1] = odd[i
  // * step]. A null `odd` stands for zeros.
  void (*interleave)(const float* even, const float* odd, int64_t step, uint16_t* to, int64_t count);
};

const Bf16Loops& bf16_loops(Isa isa);

}  // namespace netwright
