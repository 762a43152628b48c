// Known answers of the random generator, and what is drawn from it: initial values and orders of rows.
#include "core/rng.h"

#include <algorithm>
#include <cmath>

#include "check.h"
#include "core/initialize.h"

using namespace netwright;

using Block = std::array<uint32_t, 4>;

static void philox_gives_the_known_answers_of_random123() {
  CHECK((philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  CHECK((philox({ones, ones, ones, ones}, {ones, ones}) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
         Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

static void names_hash_as_fnv1a() {
  CHECK(fnv1a("") == 0x811c9dc5);
  CHECK(fnv1a("a") == 0xe40c292c);
  CHECK(fnv1a("foobar") == 0xbf9cf968);
}

static void a_word_depends_on_seed_stream_step_and_index() {
  const uint32_t word = random_word(1, 2, 3, 4);
  CHECK(word == random_block(1, 2, 3, 1)[0]);
  CHECK(word != random_word(uint64_t{1} << 32 | 1, 2, 3, 4));
  CHECK(word != random_word(1, 1, 3, 4));
  CHECK(word != random_word(1, 2, 2, 4));
  CHECK(word != random_word(1, 2, 3, (uint64_t{1} << 34) + 4));
  CHECK(uniform_of_word(0) == 0.0f);
  CHECK(uniform_of_word(0xffffffff) < 1.0f);
}

static void initial_values_have_the_distribution_asked_for() {
  const auto moments = [](const std::vector<float>& values, double& mean, double& deviation) {
    double sum = 0, squares = 0;
    for (float value : values) sum += value;
    mean = sum / static_cast<double>(values.size());
    for (float value : values) squares += (value - mean) * (value - mean);
    deviation = std::sqrt(squares / static_cast<double>(values.size()));
  };
  double mean, deviation;
  const auto normal = initial_values({Initializer::Kind::normal, 3, 0.5}, "w", 20001, 7);
  moments(normal, mean, deviation);
  CHECK(std::abs(mean - 3) < 0.02 && std::abs(deviation - 0.5) < 0.01);
  const auto uniform = initial_values({Initializer::Kind::uniform, -1, 2}, "w", 20001, 7);
  moments(uniform, mean, deviation);
  CHECK(std::abs(mean - 0.5) < 0.02 && std::abs(deviation - 3 / std::sqrt(12.0)) < 0.02);
  CHECK(*std::min_element(uniform.begin(), uniform.end()) >= -1 &&
        *std::max_element(uniform.begin(), uniform.end()) < 2);
  CHECK((initial_values({Initializer::Kind::constant, 4, 0}, "w", 3, 7) == std::vector<float>{4, 4, 4}));
  CHECK(normal != initial_values({Initializer::Kind::normal, 3, 0.5}, "v", 20001, 7));
  CHECK(normal != initial_values({Initializer::Kind::normal, 3, 0.5}, "w", 20001, 8));
}

static void an_order_is_a_permutation_of_its_own_for_each_epoch() {
  std::vector<int32_t> order = shuffle_order(5, 0, 1000);
  CHECK(order == shuffle_order(5, 0, 1000));
  CHECK(order != shuffle_order(5, 1, 1000));
  CHECK(order != shuffle_order(6, 0, 1000));
  std::sort(order.begin(), order.end());
  bool is_permutation = true;
  for (int32_t i = 0; i < 1000; ++i) is_permutation = is_permutation && order[static_cast<size_t>(i)] == i;
  CHECK(is_permutation);
  CHECK((shuffle_order(5, 0, 1) == std::vector<int32_t>{0}));
  // Position of row 0 over many epochs: near the middle on average.
  double sum = 0;
  for (uint64_t epoch = 0; epoch < 2000; ++epoch) {
    const auto small = shuffle_order(5, epoch, 11);
    sum += static_cast<double>(std::find(small.begin(), small.end(), 0) - small.begin());
  }
  CHECK(std::abs(sum / 2000 - 5) < 0.3);
}

int main() {
  philox_gives_the_known_answers_of_random123();
  names_hash_as_fnv1a();
  a_word_depends_on_seed_stream_step_and_index();
  initial_values_have_the_distribution_asked_for();
  an_order_is_a_permutation_of_its_own_for_each_epoch();
  return checks.report();
}
