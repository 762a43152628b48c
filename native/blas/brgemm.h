// The one microkernel of all products: a tile of C is the sum over taps of A_t times B_t, kept in registers
// (batch-reduce GEMM: Georganas et al. 2020, "Harnessing Deep Learning via a Single Building Block").
#pragma once

#include <cstdint>

#include "simd/isa.h"

namespace netwright {

// One pair of operands, as offsets from the bases of the call in units of its scales (a pixel, say, and a kernel
// position).
struct Tap {
  int64_t a;
  int64_t b;
};

// What becomes of the columns of a sum: y = relu(sum * factor + bias), each part of it optional.
struct Epilogue {
  const float* bias = nullptr;    // [columns]
  const float* factor = nullptr;  // [columns], only with a bias
  bool relu = false;              // max(y, 0)

  Epilogue from_column(int64_t column) const {
    return {bias == nullptr ? nullptr : bias + column, factor == nullptr ? nullptr : factor + column, relu};
  }
};

// C[r, n] = start + sum over taps t and k < depth of A_t[r * a_row + k * a_step] * B_t[k * b_step + n].
// The sum runs in the order of the taps and of k, whatever the tile: an element's bits do not depend on the tiling.
struct TileCall {
  const float* a;
  const float* b;
  float* c;
  Epilogue
      epilogue;  // without a factor the bias is the start of every row; else the start is zero, or C when accumulate
  const Tap* taps;
  int64_t tap_count;
  int64_t a_scale;  // elements
  int64_t b_scale;
  int64_t depth;  // k of every tap
  int64_t a_row;  // ignored by tiles with unit rows, where it is 1
  int64_t a_step;
  int64_t b_step;
  const int64_t* c_rows;  // offset of each row of the tile in c
  int64_t last_columns;   // columns of the last vector, 1 to lanes
  bool accumulate;
};

using TileFunction = void (*)(const TileCall&);

constexpr int kMostTileRows = 12;
constexpr int kMostTileVectors = 4;

// The tiles of one instruction set. A tile has at most most_rows[vectors] rows, so that it fits the registers.
struct TileSet {
  int lanes;
  int most_rows[kMostTileVectors + 1];  // 0 where there is no such width
  // [unit rows][partial last vector][vectors][rows]
  TileFunction functions[2][2][kMostTileVectors + 1][kMostTileRows + 1];
};

const TileSet& tile_set(Isa isa);

// Where part number `part` of `parts` begins when `total` is cut as evenly as can be; part == parts gives the end.
inline int64_t split_begin(int64_t total, int64_t parts, int64_t part) {
  const int64_t larger = total % parts;
  return part * (total / parts) + (part < larger ? part : larger);
}

// How C [rows, columns] is cut into tiles: bands of rows and chunks of vectors, each as even as can be.
struct Tiling {
  int lanes = 0;
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t bands = 0;
  int64_t chunks = 0;
  int vectors = 0;  // of the widest chunk

  int64_t first_row(int64_t band) const { return split_begin(rows, bands, band); }
  int64_t first_vector(int64_t chunk) const { return split_begin(vector_count(), chunks, chunk); }
  int64_t first_column(int64_t chunk) const { return first_vector(chunk) * lanes; }
  int64_t chunk_columns(int64_t chunk) const {
    const int64_t end = first_column(chunk + 1);
    return (end < columns ? end : columns) - first_column(chunk);
  }
  int64_t vector_count() const { return (columns + lanes - 1) / lanes; }
  double cycles() const;  // estimated for one k
};

// The tiling of least estimated time.
Tiling choose_tiling(const TileSet& tiles, int64_t rows, int64_t columns);

// For columns whose width is already decided: the fewest bands.
Tiling tiling_of_width(const TileSet& tiles, int64_t rows, int64_t columns, int vectors);

// The function for one tile.
inline TileFunction tile_function(const TileSet& tiles, bool unit_rows, int64_t tile_rows, int64_t tile_columns) {
  const int64_t vectors = (tile_columns + tiles.lanes - 1) / tiles.lanes;
  return tiles.functions[unit_rows][tile_columns % tiles.lanes != 0][vectors][tile_rows];
}

inline int64_t last_columns(const TileSet& tiles, int64_t tile_columns) { return (tile_columns - 1) % tiles.lanes + 1; }

}  // namespace netwright
