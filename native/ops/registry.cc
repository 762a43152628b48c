// The list of ops: one declaration and one line each.
#include <cstring>

#include "core/op.h"

namespace netwright {

// One line a folder; clang-format would pour them into one paragraph.
// clang-format off
#define NETWRIGHT_OPS(X)                                                                                          \
  X(matmul)                                                                                                       \
  X(conv2d) X(conv2d_grad_x) X(conv2d_grad_weight)                                                                \
  X(channel_sum)                                                                                                  \
  X(relu) X(relu_grad) X(sigmoid) X(sigmoid_grad) X(tanh) X(tanh_grad) X(exp) X(log) X(affine)                    \
  X(add) X(subtract) X(multiply) X(divide)                                                                        \
  X(standardize) X(unstandardize) X(channel_multiply) X(channel_divide)                                           \
  X(max_pool2d) X(max_pool2d_grad) X(average_pool2d) X(average_pool2d_grad)                                       \
  X(global_average_pool2d) X(global_average_pool2d_grad)                                                          \
  X(batch_norm) X(batch_norm_grad) X(batch_norm_inference) X(batch_norm_fold) X(running_average)                  \
  X(batch_norm_relu) X(batch_norm_relu_grad)                                                                      \
  X(dropout)                                                                                                      \
  X(softmax) X(softmax_grad)                                                                                      \
  X(softmax_cross_entropy) X(softmax_cross_entropy_grad)                                                          \
  X(mean_squared_error) X(mean_squared_error_grad)                                                                \
  X(gaussian_nll) X(gaussian_nll_grad)                                                                            \
  X(mean_absolute_error) X(accuracy) X(one_hot)                                                                   \
  X(concat) X(slice) X(slice_grad)                                                                                \
  X(flatten) X(unflatten)                                                                                         \
  X(constant) X(all_finite) X(gradient_norm)                                                                      \
  X(sgd) X(rmsprop) X(adam)
// clang-format on

#define NETWRIGHT_DECLARE(name) extern const OpDef name##_op;
NETWRIGHT_OPS(NETWRIGHT_DECLARE)

#define NETWRIGHT_ADDRESS(name) &name##_op,
const std::vector<const OpDef*>& registered_ops() {
  static const std::vector<const OpDef*> ops = {NETWRIGHT_OPS(NETWRIGHT_ADDRESS)};
  return ops;
}

const OpDef* find_op(const std::string& name) {
  for (const OpDef* op : registered_ops())
    if (name == op->name) return op;
  return nullptr;
}

}  // namespace netwright
