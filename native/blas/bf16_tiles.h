// The microkernel of products in bfloat16: a tile of up to 32 x 32 sums, kept in registers, over a list of taps.
#pragma once

#include <cstdint>

#include "blas/brgemm.h"
#include "simd/isa.h"

namespace netwright {

constexpr int64_t kBf16Rows = 32;     // of a tile, in two halves
constexpr int64_t kBf16Columns = 32;  // of a tile, in two panels
constexpr int64_t kBf16Depth = 32;    // k is padded to multiples of it
constexpr int64_t kBf16Panel = 16;    // columns
// B lies in blocks of 32 k x 16 columns, [k / 2][column][k % 2]; those of the panels of a tile are neighbours.
constexpr int64_t kBf16Block = kBf16Depth * kBf16Panel;

// sums[r, n] = sum over taps t, k < depth_blocks * 32 of A_t[r * a_row + k] * B_t[k, n], for r below `rows` rounded up
// to 16 and n < panels * 16. Rows from `rows` on are read all the same (whatever they hold) and their sums mean
// nothing.
struct Bf16Call {
  const uint16_t* a;
  const uint16_t* b;
  float* sums;  // [32][32], 64-byte aligned
  const Tap* taps;
  int64_t tap_count;
  int64_t a_scale;  // elements
  int64_t b_scale;
  int64_t depth_blocks;
  int64_t a_row;
  int rows;    // 1 to 32
  int panels;  // 1 or 2
};

// One way to compute tiles. begin() and end() enclose all tiles that a thread computes in one go.
struct Bf16Tiles {
  const char* name;
  void (*begin)();
  void (*tile)(const Bf16Call&);
  void (*end)();
};

extern const Bf16Tiles amx_tiles, avx512_bf16_tiles;

// Null: this machine has no such instructions, or NETWRIGHT_BF16 or the chosen instruction set leave them out; operands
// are then rounded and multiplied in float32. The first call asks the system for AMX's registers. Throws
// Error("ARGUMENT") when NETWRIGHT_BF16 is unknown or unsupported here.
const Bf16Tiles* bf16_tiles(Isa isa);
// Name of what bf16_tiles() would give, or "rounded"; asks the system for nothing.
const char* bf16_name(Isa isa);

inline int64_t padded_depth(int64_t k) { return (k + kBf16Depth - 1) / kBf16Depth * kBf16Depth; }

}  // namespace netwright
