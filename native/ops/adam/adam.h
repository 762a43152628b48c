// Contract of Adam and AdamW, as PyTorch defines them.
#pragma once

#include "ops/optimizer.h"

namespace netwright {

extern const OpDef adam_op;

struct Adam {
  double beta1, beta2;  // double, because the bias correction raises them to the power of the step
  float epsilon;
  double weight_decay;
  bool decoupled;  // AdamW
};

inline Adam decode_adam(const Node& node) {
  return {number_within(node, "beta1", 0, 1), number_within(node, "beta2", 0, 1),
          static_cast<float>(positive_number(node, "epsilon")), decode_weight_decay(node), boolean(node, "decoupled")};
}

// The numbers of one step, as its sweep over the elements uses them.
struct AdamStep {
  float clip;          // factor of the gradient
  float decay;         // added to the gradient, times the parameter
  float shrink;        // factor of the parameter (AdamW)
  float rest1;         // 1 - beta1
  float beta2, rest2;  // and 1 - beta2
  float step_size;     // learning rate / (1 - beta1^t)
  float correction;    // 1 / sqrt(1 - beta2^t)
  float epsilon;
};

// params, grads, m, v [, norm] -> params, m, v
inline void verify_adam(const Node& node) {
  verify_optimizer(node, 2);
  decode_adam(node);
}

}  // namespace netwright
