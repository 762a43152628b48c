// A kernel of conv2d with what its node asks for besides the product.
#pragma once

#include <utility>

#include "blas/brgemm.h"
#include "ops/contract.h"

namespace netwright {

template <class Plan>
struct Forward {
  Plan plan;
  bool biased, scaled, relu;

  Epilogue epilogue(const Args& args) const {
    return {biased ? args.input(2) : nullptr, scaled ? args.input(3) : nullptr, relu};
  }
};

template <class Plan>
Forward<Plan> forward_of(const Node& node, Plan plan) {
  return {std::move(plan), node.in.size() > 2, node.in.size() > 3, has_relu(node)};
}

// " scaled relu": the part of a kernel's name that tells of it.
inline std::string epilogue_name(const Node& node) {
  return text(node.in.size() > 3 ? " scaled" : "", has_relu(node) ? " relu" : "");
}

}  // namespace netwright
