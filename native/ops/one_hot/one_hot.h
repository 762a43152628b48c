// Contract of one_hot: class indexes to rows of zeros with a single one.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef one_hot_op;

// index int32 [n] -> [n, classes]
inline void verify_one_hot(const Node& node) {
  expect_arity(node, 1, 1);
  expect_countable(node);
  expect_plan(node, node.in[0].dtype == DType::int32, "expected int32 indexes, found float32");
  expect_float(node, node.out[0]);
  expect_plain(node, node.in[0], 1);
  expect_plain(node, node.out[0], 2);
  const int64_t classes = integer(node, "classes", 1, 2147483647);
  expect_dimensions(node, node.out[0], {node.in[0].dim(0), classes});
}

}  // namespace netwright
