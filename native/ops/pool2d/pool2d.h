// Contract of the pooling ops: windows over images, their gradients, and the mean over whole images.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef max_pool2d_op, max_pool2d_grad_op, average_pool2d_op, average_pool2d_grad_op;
extern const OpDef global_average_pool2d_op, global_average_pool2d_grad_op;

// Images x [n, c, h, w] and y [n, c, oh, ow]; each window holds at least one real pixel.
struct Pool {
  int64_t n, c, h, w, oh, ow;
  int64_t kh, kw, sh, sw, top, left;
  bool include_padding;  // average: divide by the size of the window, not by its real pixels

  // Real pixels of window i along an axis: [first, last).
  int64_t first_row(int64_t oy) const { return oy * sh - top > 0 ? oy * sh - top : 0; }
  int64_t last_row(int64_t oy) const { return oy * sh - top + kh < h ? oy * sh - top + kh : h; }
  int64_t first_column(int64_t ox) const { return ox * sw - left > 0 ? ox * sw - left : 0; }
  int64_t last_column(int64_t ox) const { return ox * sw - left + kw < w ? ox * sw - left + kw : w; }
};

inline Pool decode_pool(const Node& node, const Tensor& x, const Tensor& y) {
  expect_image(node, x);
  expect_image(node, y);
  const std::vector<int64_t> kernel = integers(node, "kernel", 2, 1);
  const std::vector<int64_t> stride = integers(node, "stride", 2, 1);
  const std::vector<int64_t> padding = integers(node, "padding", 4, 0);  // top, left, bottom, right
  for (size_t i = 0; i < 4; ++i)
    expect_plan(node, padding[i] < kernel[i % 2], "padding ", shape_text(padding), " must be smaller than the kernel ",
                shape_text(kernel), ", or a window would hold no pixel");
  const int64_t height = x.dim(2) + padding[0] + padding[2];
  const int64_t width = x.dim(3) + padding[1] + padding[3];
  expect_shape(node, kernel[0] <= height && kernel[1] <= width, "kernel ", shape_text(kernel),
               " is larger than the padded image [", height, ", ", width, "]");
  const int64_t oh = (height - kernel[0]) / stride[0] + 1;
  const int64_t ow = (width - kernel[1]) / stride[1] + 1;
  expect_shape(node, y.shape == std::vector<int64_t>{x.dim(0), x.dim(1), oh, ow}, "windows over ", shape_text(x.shape),
               " give ", shape_text({x.dim(0), x.dim(1), oh, ow}), ", found ", shape_text(y.shape));
  return {x.dim(0),  x.dim(1),  x.dim(2),  x.dim(3),   oh,         ow,   kernel[0],
          kernel[1], stride[0], stride[1], padding[0], padding[1], false};
}

// x -> y
inline void verify_max_pool2d(const Node& node) {
  expect_operands(node, 1, 1);
  decode_pool(node, node.in[0], node.out[0]);
}

// dy, x, y -> dx
inline void verify_max_pool2d_grad(const Node& node) {
  expect_operands(node, 3, 1);
  expect_same(node, node.in[0], node.in[2]);
  expect_same(node, node.in[1], node.out[0]);
  decode_pool(node, node.in[1], node.in[2]);
}

inline Pool decode_average_pool(const Node& node, const Tensor& x, const Tensor& y) {
  Pool pool = decode_pool(node, x, y);
  pool.include_padding = boolean(node, "countIncludePad");
  return pool;
}

// x -> y
inline void verify_average_pool2d(const Node& node) {
  expect_operands(node, 1, 1);
  decode_average_pool(node, node.in[0], node.out[0]);
}

// The attribute inputShape [c, h, w] states the shape of the output [n, c, h, w].
inline void expect_input_shape(const Node& node) {
  const std::vector<int64_t> shape = integers(node, "inputShape", 3, 1);
  expect_dimensions(node, node.out[0], {node.in[0].dim(0), shape[0], shape[1], shape[2]});
}

// dy -> dx
inline void verify_average_pool2d_grad(const Node& node) {
  expect_operands(node, 1, 1);
  decode_average_pool(node, node.out[0], node.in[0]);
  expect_input_shape(node);
}

// x [n, c, h, w] -> [n, c]
inline void verify_global_average_pool2d(const Node& node) {
  expect_operands(node, 1, 1);
  expect_image(node, node.in[0]);
  expect_plain(node, node.out[0], 2);
  expect_dimensions(node, node.out[0], {node.in[0].dim(0), node.in[0].dim(1)});
}

// dy [n, c] -> [n, c, h, w]
inline void verify_global_average_pool2d_grad(const Node& node) {
  expect_operands(node, 1, 1);
  expect_plain(node, node.in[0], 2);
  expect_image(node, node.out[0]);
  expect_input_shape(node);
  expect_dimensions(node, node.in[0], {node.out[0].dim(0), node.out[0].dim(1)});
}

}  // namespace netwright
