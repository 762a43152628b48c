// Contract of RMSProp, plain or centered, with or without momentum, as PyTorch defines it.
#pragma once

#include "ops/optimizer.h"

namespace netwright {

extern const OpDef rmsprop_op;

struct RmsProp {
  float alpha, epsilon, momentum, weight_decay;
  bool centered, has_momentum;

  size_t slots() const { return 1u + (centered ? 1u : 0u) + (has_momentum ? 1u : 0u); }
};

inline RmsProp decode_rmsprop(const Node& node) {
  const double alpha = number_within(node, "alpha", 0, 1);
  const double momentum = number(node, "momentum");
  expect_plan(node, momentum >= 0, "attribute \"momentum\" is ", momentum, ", expected at least 0");
  return {static_cast<float>(alpha),    static_cast<float>(positive_number(node, "epsilon")),
          static_cast<float>(momentum), static_cast<float>(decode_weight_decay(node)),
          boolean(node, "centered"),    momentum != 0};
}

// params, grads, square_average [, gradient_average] [, velocity] [, norm] -> the same without grads and norm
inline void verify_rmsprop(const Node& node) { verify_optimizer(node, decode_rmsprop(node).slots()); }

}  // namespace netwright
