// Contract of stochastic gradient descent with momentum, as PyTorch defines it.
#pragma once

#include "ops/optimizer.h"

namespace netwright {

extern const OpDef sgd_op;

struct Sgd {
  float momentum, dampening, weight_decay;
  bool nesterov;
};

inline Sgd decode_sgd(const Node& node) {
  const double momentum = number(node, "momentum");
  expect_plan(node, momentum >= 0, "attribute \"momentum\" is ", momentum, ", expected at least 0");
  const double dampening = number(node, "dampening");
  const bool nesterov = boolean(node, "nesterov");
  expect_plan(node, !nesterov || (momentum > 0 && dampening == 0), "nesterov needs a momentum and no dampening");
  return {static_cast<float>(momentum), static_cast<float>(dampening), static_cast<float>(decode_weight_decay(node)),
          nesterov};
}

// params, grads [, velocity] [, norm] -> params [, velocity]; velocity is there when momentum is not 0
inline void verify_sgd(const Node& node) {
  const double momentum = number(node, "momentum");
  decode_sgd(node);
  verify_optimizer(node, momentum != 0 ? 1 : 0);
}

}  // namespace netwright
