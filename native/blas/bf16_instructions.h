// The few instructions that tiles in bfloat16 are made of: the processor's, or with NETWRIGHT_BF16_MODEL a model in
// plain C++ that tests run on any machine. Included by bf16_kernels.h only, inside the namespace and target region of a
// kernel.
//
// AMX: eight tiles of 16 rows x 64 bytes. Their numbers are part of the instructions, so these are macros.
// AVX-512: Lanes are 16 floats, Pairs 16 pairs of bfloat16.

#ifdef NETWRIGHT_BF16_MODEL

struct TileState {
  bool configured = false;
  unsigned char bytes[8][16][64];
};
static TileState& tile_state() {
  static thread_local TileState state;
  return state;
}
static void model_configure() { tile_state().configured = true; }
static void model_release() { tile_state().configured = false; }
static unsigned char* model_tile(int tile, int row) {
  if (!tile_state().configured) std::abort();
  return tile_state().bytes[tile][row];
}
static void model_zero(int tile) { std::memset(model_tile(tile, 0), 0, 16 * 64); }
static void model_load(int tile, const void* base, int64_t stride) {
  for (int row = 0; row < 16; ++row)
    std::memcpy(model_tile(tile, row), static_cast<const unsigned char*>(base) + row * stride, 64);
}
static void model_store(int tile, void* base, int64_t stride) {
  for (int row = 0; row < 16; ++row)
    std::memcpy(static_cast<unsigned char*>(base) + row * stride, model_tile(tile, row), 64);
}
// As Intel's manual defines TDPBF16PS: even and odd k are summed apart from zero and joined, then added to c; subnormal
// numbers count as zeros.
static float model_operand(const unsigned char* row, int element) {
  uint16_t bits;
  std::memcpy(&bits, row + 2 * element, sizeof bits);
  return (bits & 0x7f80) == 0 ? 0.0f : float_of(bits);
}
static void model_dot(int c, int a, int b) {
  for (int row = 0; row < 16; ++row) {
    float sums[32] = {};
    for (int k = 0; k < 16; ++k)
      for (int n = 0; n < 32; ++n)
        sums[n] += model_operand(model_tile(a, row), 2 * k + n % 2) * model_operand(model_tile(b, k), n);
    for (int n = 0; n < 16; ++n) {
      float value;
      std::memcpy(&value, model_tile(c, row) + 4 * n, sizeof value);
      value += sums[2 * n] + sums[2 * n + 1];
      std::memcpy(model_tile(c, row) + 4 * n, &value, sizeof value);
    }
  }
}
#define NW_TILE_CONFIGURE() model_configure()
#define NW_TILE_RELEASE() model_release()
#define NW_TILE_ZERO(tile) model_zero(tile)
#define NW_TILE_LOAD(tile, base, stride) model_load(tile, base, stride)
#define NW_TILE_STORE(tile, base, stride) model_store(tile, base, stride)
#define NW_TILE_DOT(c, a, b) model_dot(c, a, b)

struct Lanes {
  float value[16];
};
struct Pairs {
  uint16_t value[32];
};
static Lanes zero_lanes() { return {}; }
static Pairs load_pairs(const uint16_t* p) {
  Pairs pairs;
  std::memcpy(pairs.value, p, sizeof pairs.value);
  return pairs;
}
static Pairs broadcast_pair(const uint16_t* p) {
  Pairs pairs;
  for (int i = 0; i < 32; ++i) pairs.value[i] = p[i % 2];
  return pairs;
}
// As Intel's manual defines VDPBF16PS: the odd product is added first, then the even one.
static Lanes dot_pairs(Lanes sum, Pairs a, Pairs b) {
  auto operand = [](uint16_t bits) { return (bits & 0x7f80) == 0 ? 0.0f : float_of(bits); };
  for (int i = 0; i < 16; ++i)
    for (int k : {2 * i + 1, 2 * i}) sum.value[i] += operand(a.value[k]) * operand(b.value[k]);
  return sum;
}
static void store_lanes(float* p, Lanes sum) { std::memcpy(p, sum.value, sizeof sum.value); }

#else

#ifdef NW_BF16_AMX
// All tiles are whole: 16 rows of 64 bytes.
alignas(64) static const struct {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
} kTileConfiguration;
#define NW_TILE_CONFIGURE() _tile_loadconfig(&kTileConfiguration)
#define NW_TILE_RELEASE() _tile_release()
#define NW_TILE_ZERO(tile) _tile_zero(tile)
#define NW_TILE_LOAD(tile, base, stride) _tile_loadd(tile, base, stride)
#define NW_TILE_STORE(tile, base, stride) _tile_stored(tile, base, stride)
#define NW_TILE_DOT(c, a, b) _tile_dpbf16ps(c, a, b)
#endif

#ifdef NW_BF16_AVX512
using Lanes = __m512;
using Pairs = __m512bh;
static inline Lanes zero_lanes() { return _mm512_setzero_ps(); }
static inline Pairs load_pairs(const uint16_t* p) { return (Pairs)_mm512_loadu_si512(p); }
static inline Pairs broadcast_pair(const uint16_t* p) {
  int pair;
  __builtin_memcpy(&pair, p, sizeof pair);
  return (Pairs)_mm512_set1_epi32(pair);
}
static inline Lanes dot_pairs(Lanes sum, Pairs a, Pairs b) { return _mm512_dpbf16_ps(sum, a, b); }
static inline void store_lanes(float* p, Lanes sum) { _mm512_storeu_ps(p, sum); }
#endif

#endif
