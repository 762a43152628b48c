// Random bits from counters: (seed, stream, step, index) -> 32 bits, the same on every machine, thread count and in
// TypeScript.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace netwright {

// Step under which initial values are drawn; training never gets there.
constexpr uint32_t kInitialStep = 0xFFFFFFFFu;

// Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). Low words first.
inline std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53u} * counter[0];
    const uint64_t product1 = uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

// Words 4 * block to 4 * block + 3 of a stream at a step.
inline std::array<uint32_t, 4> random_block(uint64_t seed, uint32_t stream, uint64_t step, uint64_t block) {
  return philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), stream, static_cast<uint32_t>(step)},
                {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
}

inline uint32_t random_word(uint64_t seed, uint32_t stream, uint64_t step, uint64_t index) {
  return random_block(seed, stream, step, index / 4)[index % 4];
}

// A word as a number in [0, 1), exact in float.
inline float uniform_of_word(uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

// FNV-1a over the bytes of a UTF-8 name; names streams.
inline uint32_t fnv1a(std::string_view name) {
  uint32_t hash = 0x811C9DC5u;
  for (char character : name) hash = (hash ^ static_cast<unsigned char>(character)) * 0x01000193u;
  return hash;
}

}  // namespace netwright
