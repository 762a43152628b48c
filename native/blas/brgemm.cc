// Tiles of the batch-reduce product for every instruction set, and the choice among them.
#include "blas/brgemm.h"

#include <utility>

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "blas/brgemm.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

// Accumulators, a row of B and one broadcast fit the registers: 32 for AVX-512 and NEON, 16 for AVX2 and SSE.
// Under sanitizers the large tiles take minutes to compile; small ones run through the same code.
#if defined(NETWRIGHT_SANITIZED)
constexpr int kMostRows[] = {0, 3, 2, 0, 0};
#elif NW_PASS == NW_PASS_AVX512 || NW_PASS == NW_PASS_NEON
constexpr int kMostRows[] = {0, 12, 12, 8, 6};
#elif NW_PASS == NW_PASS_AVX2
constexpr int kMostRows[] = {0, 12, 6, 4, 0};
#else
constexpr int kMostRows[] = {0, 12, 6, 3, 0};
#endif

template <bool partial, int last>
static NW_INLINE Vec load_column(const float* p, int v, int64_t columns) {
  if (partial && v == last) return Vec::load_partial(p, columns);
  return Vec::load(p);
}

// GCC 12 needs two hints. Loops over the tile are unrolled before it decides which values live in registers; and a row
// of B stays in its register, where GCC would load it again for each of up to 3 rows (59 instead of 110 GFLOP/s).
#ifdef __clang__
#define NW_UNROLL _Pragma("unroll")
#else
#define NW_UNROLL _Pragma("GCC unroll 16")
#endif

static NW_INLINE void keep_in_register(Vec& value) {
#if defined(NW_ARCH_X86) && !defined(__clang__)
  asm("" : "+v"(value.v));
#else
  (void)value;
#endif
}

template <int rows, int vectors, bool partial, bool unit_rows>
static void tile(const TileCall& call) {
  constexpr int last = vectors - 1;
  const int64_t columns = call.last_columns;
  const bool starts_with_bias = call.epilogue.bias != nullptr && call.epilogue.factor == nullptr;
  Vec sum[rows][vectors];
  NW_UNROLL
  for (int r = 0; r < rows; ++r) {
    NW_UNROLL
    for (int v = 0; v < vectors; ++v) {
      const int at = v * kLanes;
      sum[r][v] = call.accumulate    ? load_column<partial, last>(call.c + call.c_rows[r] + at, v, columns)
                  : starts_with_bias ? load_column<partial, last>(call.epilogue.bias + at, v, columns)
                                     : Vec::zero();
    }
  }
  const int64_t a_row = unit_rows ? 1 : call.a_row;
  for (int64_t t = 0; t < call.tap_count; ++t) {
    const float* a = call.a + call.taps[t].a * call.a_scale;
    const float* b = call.b + call.taps[t].b * call.b_scale;
    for (int64_t k = call.depth; k > 0; --k) {
      Vec row_of_b[vectors];
      NW_UNROLL
      for (int v = 0; v < vectors; ++v) {
        row_of_b[v] = load_column<partial, last>(b + v * kLanes, v, columns);
        keep_in_register(row_of_b[v]);
      }
      NW_UNROLL
      for (int r = 0; r < rows; ++r) {
        const Vec value(a[r * a_row]);
        NW_UNROLL
        for (int v = 0; v < vectors; ++v) sum[r][v] = fma(value, row_of_b[v], sum[r][v]);
      }
      a += call.a_step;
      b += call.b_step;
    }
  }
  if (call.epilogue.factor != nullptr) {
    NW_UNROLL
    for (int v = 0; v < vectors; ++v) {
      const Vec factor = load_column<partial, last>(call.epilogue.factor + v * kLanes, v, columns);
      const Vec bias = load_column<partial, last>(call.epilogue.bias + v * kLanes, v, columns);
      NW_UNROLL
      for (int r = 0; r < rows; ++r) sum[r][v] = fma(sum[r][v], factor, bias);
    }
  }
  if (call.epilogue.relu) {
    NW_UNROLL
    for (int r = 0; r < rows; ++r) {
      NW_UNROLL
      for (int v = 0; v < vectors; ++v) sum[r][v] = max(Vec::zero(), sum[r][v]);  // NaN stays NaN
    }
  }
  NW_UNROLL
  for (int r = 0; r < rows; ++r) {
    NW_UNROLL
    for (int v = 0; v < vectors; ++v) {
      float* c = call.c + call.c_rows[r] + v * kLanes;
      if (partial && v == last) {
        sum[r][v].store_partial(c, columns);
      } else {
        sum[r][v].store(c);
      }
    }
  }
}

template <int vectors, int rows>
static void add_tile(TileSet& tiles) {
  if constexpr (rows <= kMostRows[vectors]) {
    tiles.functions[0][0][vectors][rows] = tile<rows, vectors, false, false>;
    tiles.functions[0][1][vectors][rows] = tile<rows, vectors, true, false>;
    tiles.functions[1][0][vectors][rows] = tile<rows, vectors, false, true>;
    tiles.functions[1][1][vectors][rows] = tile<rows, vectors, true, true>;
  }
}

template <int vectors, int... rows>
static void add_rows(TileSet& tiles, std::integer_sequence<int, rows...>) {
  tiles.most_rows[vectors] = kMostRows[vectors];
  (add_tile<vectors, rows + 1>(tiles), ...);
}

#undef NW_UNROLL

static TileSet make_tiles() {
  TileSet tiles = {};
  tiles.lanes = kLanes;
  const auto rows = std::make_integer_sequence<int, kMostTileRows>();
  add_rows<1>(tiles, rows);
  add_rows<2>(tiles, rows);
  add_rows<3>(tiles, rows);
  add_rows<4>(tiles, rows);
  return tiles;
}

static const TileSet& tiles() {
  static const TileSet set = make_tiles();
  return set;
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

const TileSet& tile_set(Isa isa) { return NW_DISPATCH(isa, tiles)(); }

// A tile step costs its multiplications, or its loads, or the latency of one addition (4 cycles), whichever is longest;
// one vector multiplication and one load a cycle with the widest vectors, two (each half of what is counted here) with
// others.
static double tile_cycles(double rows, double vectors, int lanes) {
  const double products = rows * vectors;
  const double loads = rows + vectors;
  return std::max({products, loads, lanes == 16 ? 4.0 : 8.0});
}

double Tiling::cycles() const {
  double total = 0;
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    const double wide = static_cast<double>(first_vector(chunk + 1) - first_vector(chunk));
    const int64_t tall = bands * (rows / bands + 1) - rows;  // bands of the lower height
    const double height = static_cast<double>(rows / bands);
    total += static_cast<double>(tall) * tile_cycles(height, wide, lanes);
    total += static_cast<double>(bands - tall) * tile_cycles(height + 1, wide, lanes);
  }
  return total;
}

Tiling tiling_of_width(const TileSet& tiles, int64_t rows, int64_t columns, int vectors) {
  Tiling tiling;
  tiling.lanes = tiles.lanes;
  tiling.rows = rows;
  tiling.columns = columns;
  tiling.vectors = vectors;
  tiling.bands = (rows + tiles.most_rows[vectors] - 1) / tiles.most_rows[vectors];
  tiling.chunks = (tiling.vector_count() + vectors - 1) / vectors;
  return tiling;
}

Tiling choose_tiling(const TileSet& tiles, int64_t rows, int64_t columns) {
  Tiling best;
  double least = 0;
  for (int vectors = 1; vectors <= kMostTileVectors; ++vectors) {
    if (tiles.most_rows[vectors] == 0) continue;
    const Tiling tiling = tiling_of_width(tiles, rows, columns, vectors);
    if (vectors > 1 && vectors > tiling.vector_count()) break;
    // A band costs its start and end besides, about 2 cycles a vector for a depth of some tens.
    const double cycles = tiling.cycles() * (1.0 + 0.002 * static_cast<double>(vectors));
    if (best.bands == 0 || cycles < least) {
      best = tiling;
      least = cycles;
    }
  }
  return best;
}

}  // namespace netwright
#endif
