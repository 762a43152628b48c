// Contract of dropout: which elements stay is a function of seed, stream, step and index alone.
#pragma once

#include <cmath>

#include "ops/contract.h"

namespace netwright {

extern const OpDef dropout_op;

struct Dropout {
  float threshold;  // an element stays when the upper 24 bits of its word, as a number, are at least this
  float factor;     // of what stays
  uint32_t stream;
};

inline Dropout decode_dropout(const Node& node) {
  const double rate = number_within(node, "rate", 0, 1);
  const float factor = static_cast<float>(1.0 / (1.0 - rate));
  const double stream = number(node, "stream");
  expect_plan(node, stream >= 0 && stream <= 4294967295.0 && stream == std::floor(stream), "attribute \"stream\" is ",
              stream, ", expected a whole number of 32 bits");
  // word >> 8 is whole, so that comparing it with the next whole number is comparing the uniform with the rate; both
  // are exact.
  return {static_cast<float>(std::ceil(rate * 16777216.0)), factor, static_cast<uint32_t>(stream)};
}

// x -> y
inline void verify_dropout(const Node& node) {
  expect_operands(node, 1, 1);
  expect_same(node, node.in[0], node.out[0]);
  decode_dropout(node);
}

}  // namespace netwright
