// Copying and transposing blocks; 8 x 8 blocks in registers where there is AVX2.
#include "blas/pack.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "blas/pack.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

#if NW_PASS == NW_PASS_AVX2 || NW_PASS == NW_PASS_AVX512
constexpr int64_t kBlockSide = 8;

static NW_INLINE void transpose_block(const float* from, int64_t from_stride, float* to, int64_t to_stride) {
  // Rows r and r + 4 share a register, so that only in-lane shuffles remain.
  __m256 half[8];
  for (int r = 0; r < 4; ++r)
    for (int side = 0; side < 2; ++side) {
      const float* p = from + r * from_stride + side * 4;
      half[r + side * 4] =
          _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps(p + 4 * from_stride), 1);
    }
  for (int side = 0; side < 2; ++side) {
    const __m256 low01 = _mm256_unpacklo_ps(half[side * 4], half[side * 4 + 1]);
    const __m256 high01 = _mm256_unpackhi_ps(half[side * 4], half[side * 4 + 1]);
    const __m256 low23 = _mm256_unpacklo_ps(half[side * 4 + 2], half[side * 4 + 3]);
    const __m256 high23 = _mm256_unpackhi_ps(half[side * 4 + 2], half[side * 4 + 3]);
    float* q = to + side * 4 * to_stride;
    _mm256_storeu_ps(q, _mm256_shuffle_ps(low01, low23, 0x44));
    _mm256_storeu_ps(q + to_stride, _mm256_shuffle_ps(low01, low23, 0xee));
    _mm256_storeu_ps(q + 2 * to_stride, _mm256_shuffle_ps(high01, high23, 0x44));
    _mm256_storeu_ps(q + 3 * to_stride, _mm256_shuffle_ps(high01, high23, 0xee));
  }
}
#else
constexpr int64_t kBlockSide = 4;

static NW_INLINE void transpose_block(const float* from, int64_t from_stride, float* to, int64_t to_stride) {
  for (int64_t r = 0; r < kBlockSide; ++r)
    for (int64_t k = 0; k < kBlockSide; ++k) to[k * to_stride + r] = from[r * from_stride + k];
}
#endif

static void transpose(const float* from, int64_t from_stride, float* to, int64_t to_stride, int64_t rows,
                      int64_t columns) {
  const int64_t whole_columns = columns - columns % kBlockSide;
  int64_t r = 0;
  for (; r + kBlockSide <= rows; r += kBlockSide) {
    for (int64_t k = 0; k < whole_columns; k += kBlockSide)
      transpose_block(from + r * from_stride + k, from_stride, to + k * to_stride + r, to_stride);
    for (int64_t k = whole_columns; k < columns; ++k)
      for (int64_t i = r; i < r + kBlockSide; ++i) to[k * to_stride + i] = from[i * from_stride + k];
  }
  for (; r < rows; ++r)
    for (int64_t k = 0; k < columns; ++k) to[k * to_stride + r] = from[r * from_stride + k];
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

void copy_matrix(const float* from, int64_t from_stride, float* to, int64_t to_stride, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; ++r)
    std::memcpy(to + r * to_stride, from + r * from_stride, static_cast<size_t>(columns) * sizeof(float));
}

TransposeFunction transpose_function(Isa isa) { return NW_DISPATCH(isa, transpose); }

}  // namespace netwright
#endif
