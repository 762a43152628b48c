// Draws initial values and the order of rows from the counter-based generator.
#include "core/initialize.h"

#include <cmath>
#include <utility>

#include "core/rng.h"

namespace netwright {

namespace {

// Words of one stream in any order; neighbours cost one block of Philox in four.
class Words {
 public:
  Words(uint64_t seed, uint32_t stream, uint64_t step) : seed_(seed), stream_(stream), step_(step) {}

  uint32_t at(int64_t index) {
    const int64_t block = index / 4;
    if (block != block_) {
      block_ = block;
      words_ = random_block(seed_, stream_, step_, static_cast<uint64_t>(block));
    }
    return words_[static_cast<size_t>(index % 4)];
  }

 private:
  uint64_t seed_;
  uint32_t stream_;
  uint64_t step_;
  int64_t block_ = -1;
  std::array<uint32_t, 4> words_{};
};

}  // namespace

std::vector<float> initial_values(const Initializer& init, const std::string& name, int64_t count, uint64_t seed) {
  constexpr double kTwoPi = 6.283185307179586;
  std::vector<float> values(static_cast<size_t>(count), static_cast<float>(init.first));
  Words words(seed, fnv1a(name), kInitialStep);
  if (init.kind == Initializer::Kind::uniform) {
    for (int64_t i = 0; i < count; ++i)
      values[static_cast<size_t>(i)] = static_cast<float>(
          init.first + (init.second - init.first) * static_cast<double>(uniform_of_word(words.at(i))));
  } else if (init.kind == Initializer::Kind::normal) {
    for (int64_t i = 0; i < count; ++i) {
      const double u1 = (words.at(2 * i) + 0.5) * 0x1p-32;
      const double u2 = (words.at(2 * i + 1) + 0.5) * 0x1p-32;
      values[static_cast<size_t>(i)] =
          static_cast<float>(init.first + init.second * std::sqrt(-2 * std::log(u1)) * std::cos(kTwoPi * u2));
    }
  }
  return values;
}

std::vector<int32_t> shuffle_order(uint64_t seed, uint64_t epoch, int64_t rows) {
  std::vector<int32_t> order(static_cast<size_t>(rows));
  for (int64_t i = 0; i < rows; ++i) order[static_cast<size_t>(i)] = static_cast<int32_t>(i);
  Words words(seed, fnv1a("shuffle"), epoch);
  for (int64_t i = rows - 1; i > 0; --i) {
    const uint64_t j = (uint64_t{words.at(i)} * static_cast<uint64_t>(i + 1)) >> 32;
    std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(j)]);
  }
  return order;
}

}  // namespace netwright
