// Reads and checks what the three convolution ops have in common.
#include "ops/conv2d/conv2d.h"

#include <algorithm>

#include "ops/contract.h"
#include "ops/precision.h"

namespace netwright {

ConvGeometry conv_geometry(const Node& node, const Tensor& x, const Tensor& weight, const Tensor& y) {
  const std::vector<int64_t> stride = node.attributes.integers("stride", 2);
  const std::vector<int64_t> padding = node.attributes.integers("padding", 4);
  const std::vector<int64_t> dilation = node.attributes.integers("dilation", 2);
  ConvGeometry g;
  g.n = x.dim(0), g.c = x.dim(1), g.h = x.dim(2), g.w = x.dim(3);
  g.oc = y.dim(1), g.oh = y.dim(2), g.ow = y.dim(3);
  g.kh = weight.dim(2), g.kw = weight.dim(3);
  g.stride_h = stride[0], g.stride_w = stride[1];
  g.top = padding[0], g.left = padding[1];
  g.dilation_h = dilation[0], g.dilation_w = dilation[1];
  g.groups = node.attributes.integer("groups");
  return g;
}

// Output size of one axis; below 1 when the kernel does not fit. No overflow: sizes are below 2^41, attributes below
// 2^31.
static int64_t axis_outputs(int64_t size, int64_t kernel, int64_t before, int64_t after, int64_t stride,
                            int64_t dilation) {
  const int64_t room = size + before + after - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

static void verify_geometry(const Node& node, const Tensor& x, const Tensor& weight, const Tensor& y) {
  verify_precision(node);
  expect_image(node, x);
  expect_image(node, y);
  expect_shape(node, weight.rank() == 4, "expected a weight [oc, c / groups, kh, kw], found ",
               shape_text(weight.shape));
  expect_storage(node, weight, Storage::hwio);
  const std::vector<int64_t> stride = integers(node, "stride", 2, 1);
  const std::vector<int64_t> padding = integers(node, "padding", 4, 0);
  const std::vector<int64_t> dilation = integers(node, "dilation", 2, 1);
  const int64_t groups = integer(node, "groups", 1, x.dim(1));
  const int64_t oc = weight.dim(0), kh = weight.dim(2), kw = weight.dim(3);
  expect_shape(node, x.dim(1) % groups == 0 && oc % groups == 0, "channels ", x.dim(1), " and filters ", oc,
               " must be multiples of groups, ", groups);
  expect_shape(node, weight.dim(1) == x.dim(1) / groups, "input has ", x.dim(1), " channels in ", groups,
               " groups, weight expects ", weight.dim(1), " a group");
  expect_shape(node, kh < (int64_t{1} << 31) && kw < (int64_t{1} << 31), "kernel ", kh, " x ", kw, " is too large");
  const int64_t oh = axis_outputs(x.dim(2), kh, padding[0], padding[2], stride[0], dilation[0]);
  const int64_t ow = axis_outputs(x.dim(3), kw, padding[1], padding[3], stride[1], dilation[1]);
  expect_shape(node, oh >= 1 && ow >= 1, "the kernel, ", kh, " x ", kw, " with dilation ", shape_text(dilation),
               ", is larger than the padded image");
  expect_dimensions(node, y, {x.dim(0), oc, oh, ow});
}

void verify_conv2d(const Node& node) {
  expect_operands(node, std::clamp<size_t>(node.in.size(), 2, 4), 1);
  verify_geometry(node, node.in[0], node.in[1], node.out[0]);
  for (size_t i = 2; i < node.in.size(); ++i) expect_per_channel(node, node.in[i], node.in[1].dim(0));
  has_relu(node);
}

void verify_conv2d_grad_x(const Node& node) {
  expect_operands(node, 2, 1);
  verify_geometry(node, node.out[0], node.in[1], node.in[0]);
  const std::vector<int64_t> shape = integers(node, "inputShape", 3, 1);
  const Tensor& dx = node.out[0];
  expect_shape(node, shape == std::vector<int64_t>(dx.shape.begin() + 1, dx.shape.end()), "inputShape is ",
               shape_text(shape), ", found ", shape_text(dx.shape));
}

void verify_conv2d_grad_weight(const Node& node) {
  expect_operands(node, 2, 1);
  verify_geometry(node, node.in[0], node.out[0], node.in[1]);
  const std::vector<int64_t> kernel = integers(node, "kernel", 2, 1);
  const Tensor& dw = node.out[0];
  expect_shape(node, kernel[0] == dw.dim(2) && kernel[1] == dw.dim(3), "kernel is ", shape_text(kernel), ", found ",
               shape_text(dw.shape));
}

}  // namespace netwright
