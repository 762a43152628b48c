// The numbers of a two-dimensional convolution, and the checks that make its three ops safe to run.
#pragma once

#include <cstdint>

#include "core/op.h"

namespace netwright {

extern const OpDef conv2d_op, conv2d_grad_x_op, conv2d_grad_weight_op;

// x [n, c, h, w], weight [oc, c / groups, kh, kw], y [n, oc, oh, ow] in the user's order;
// in memory x and y lie as [n, h, w, c] and the weight as [kh, kw, c / groups, oc].
struct ConvGeometry {
  int64_t n, c, h, w;
  int64_t oc, oh, ow;
  int64_t kh, kw;
  int64_t stride_h, stride_w;
  int64_t top, left;
  int64_t dilation_h, dilation_w;
  int64_t groups;

  int64_t group_inputs() const { return c / groups; }
  int64_t group_outputs() const { return oc / groups; }
  bool depthwise() const { return groups > 1 && groups == c && groups == oc; }
};

ConvGeometry conv_geometry(const Node& node, const Tensor& x, const Tensor& weight, const Tensor& y);

void verify_conv2d(const Node& node);
void verify_conv2d_grad_x(const Node& node);
void verify_conv2d_grad_weight(const Node& node);

}  // namespace netwright
