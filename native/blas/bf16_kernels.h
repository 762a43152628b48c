// Tiles in bfloat16, written once on bf16_instructions.h. Deliberately without an include guard: bf16_amx.cc and
// bf16_avx512.cc read it for the processor's instructions, the native test for their model.
#include "blas/bf16_instructions.h"

#if defined(NW_BF16_AMX)

// Sums in tiles 0 to 3, halves of A in 4 and 5, panels of B in 6 and 7.
static void amx_tile_1x1(const Bf16Call& call) {
  NW_TILE_ZERO(0);
  for (int64_t t = 0; t < call.tap_count; ++t) {
    const uint16_t* a = call.a + call.taps[t].a * call.a_scale;
    const uint16_t* b = call.b + call.taps[t].b * call.b_scale;
    for (int64_t block = 0; block < call.depth_blocks; ++block, a += kBf16Depth, b += kBf16Block) {
      NW_TILE_LOAD(4, a, call.a_row * 2);
      NW_TILE_LOAD(6, b, 64);
      NW_TILE_DOT(0, 4, 6);
    }
  }
  NW_TILE_STORE(0, call.sums, kBf16Columns * 4);
}

static void amx_tile_1x2(const Bf16Call& call) {
  NW_TILE_ZERO(0);
  NW_TILE_ZERO(1);
  for (int64_t t = 0; t < call.tap_count; ++t) {
    const uint16_t* a = call.a + call.taps[t].a * call.a_scale;
    const uint16_t* b = call.b + call.taps[t].b * call.b_scale;
    for (int64_t block = 0; block < call.depth_blocks; ++block, a += kBf16Depth, b += 2 * kBf16Block) {
      NW_TILE_LOAD(4, a, call.a_row * 2);
      NW_TILE_LOAD(6, b, 64);
      NW_TILE_DOT(0, 4, 6);
      NW_TILE_LOAD(7, b + kBf16Block, 64);
      NW_TILE_DOT(1, 4, 7);
    }
  }
  NW_TILE_STORE(0, call.sums, kBf16Columns * 4);
  NW_TILE_STORE(1, call.sums + kBf16Panel, kBf16Columns * 4);
}

static void amx_tile_2x1(const Bf16Call& call) {
  const int64_t half = 16 * call.a_row;
  NW_TILE_ZERO(0);
  NW_TILE_ZERO(2);
  for (int64_t t = 0; t < call.tap_count; ++t) {
    const uint16_t* a = call.a + call.taps[t].a * call.a_scale;
    const uint16_t* b = call.b + call.taps[t].b * call.b_scale;
    for (int64_t block = 0; block < call.depth_blocks; ++block, a += kBf16Depth, b += kBf16Block) {
      NW_TILE_LOAD(6, b, 64);
      NW_TILE_LOAD(4, a, call.a_row * 2);
      NW_TILE_DOT(0, 4, 6);
      NW_TILE_LOAD(5, a + half, call.a_row * 2);
      NW_TILE_DOT(2, 5, 6);
    }
  }
  NW_TILE_STORE(0, call.sums, kBf16Columns * 4);
  NW_TILE_STORE(2, call.sums + 16 * kBf16Columns, kBf16Columns * 4);
}

static void amx_tile_2x2(const Bf16Call& call) {
  const int64_t half = 16 * call.a_row;
  NW_TILE_ZERO(0);
  NW_TILE_ZERO(1);
  NW_TILE_ZERO(2);
  NW_TILE_ZERO(3);
  for (int64_t t = 0; t < call.tap_count; ++t) {
    const uint16_t* a = call.a + call.taps[t].a * call.a_scale;
    const uint16_t* b = call.b + call.taps[t].b * call.b_scale;
    for (int64_t block = 0; block < call.depth_blocks; ++block, a += kBf16Depth, b += 2 * kBf16Block) {
      NW_TILE_LOAD(4, a, call.a_row * 2);
      NW_TILE_LOAD(6, b, 64);
      NW_TILE_DOT(0, 4, 6);
      NW_TILE_LOAD(7, b + kBf16Block, 64);
      NW_TILE_DOT(1, 4, 7);
      NW_TILE_LOAD(5, a + half, call.a_row * 2);
      NW_TILE_DOT(2, 5, 6);
      NW_TILE_DOT(3, 5, 7);
    }
  }
  NW_TILE_STORE(0, call.sums, kBf16Columns * 4);
  NW_TILE_STORE(1, call.sums + kBf16Panel, kBf16Columns * 4);
  NW_TILE_STORE(2, call.sums + 16 * kBf16Columns, kBf16Columns * 4);
  NW_TILE_STORE(3, call.sums + 16 * kBf16Columns + kBf16Panel, kBf16Columns * 4);
}

static void amx_tile(const Bf16Call& call) {
  if (call.rows <= 16) {
    call.panels == 1 ? amx_tile_1x1(call) : amx_tile_1x2(call);
  } else {
    call.panels == 1 ? amx_tile_2x1(call) : amx_tile_2x2(call);
  }
}

static void amx_begin() { NW_TILE_CONFIGURE(); }
static void amx_end() { NW_TILE_RELEASE(); }

#endif

#if defined(NW_BF16_AVX512)

// Eight rows of two panels: 16 sums, two vectors of B; the pair of A is broadcast from memory.
template <int panels>
static void avx512_rows(const Bf16Call& call, int64_t first) {
  constexpr int kRows = 8;
  Lanes sum[kRows][panels];
  for (int r = 0; r < kRows; ++r)
    for (int p = 0; p < panels; ++p) sum[r][p] = zero_lanes();
  for (int64_t t = 0; t < call.tap_count; ++t) {
    const uint16_t* a = call.a + call.taps[t].a * call.a_scale + first * call.a_row;
    const uint16_t* b = call.b + call.taps[t].b * call.b_scale;
    for (int64_t block = 0; block < call.depth_blocks; ++block, b += panels * kBf16Block)
      for (int64_t pair = 0; pair < kBf16Depth / 2; ++pair, a += 2) {
        Pairs columns[panels];
        for (int p = 0; p < panels; ++p) columns[p] = load_pairs(b + p * kBf16Block + pair * 2 * kBf16Panel);
        for (int r = 0; r < kRows; ++r) {
          const Pairs value = broadcast_pair(a + r * call.a_row);
          for (int p = 0; p < panels; ++p) sum[r][p] = dot_pairs(sum[r][p], value, columns[p]);
        }
      }
  }
  for (int r = 0; r < kRows; ++r)
    for (int p = 0; p < panels; ++p) store_lanes(call.sums + (first + r) * kBf16Columns + p * kBf16Panel, sum[r][p]);
}

static void avx512_tile(const Bf16Call& call) {
  for (int64_t first = 0; first < call.rows; first += 8) {
    if (call.panels == 1) {
      avx512_rows<1>(call, first);
    } else {
      avx512_rows<2>(call, first);
    }
  }
}

static void avx512_nothing() {}

#endif
