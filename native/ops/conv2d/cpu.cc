// conv2d, conv2d_grad_x and conv2d_grad_weight: which kernel computes them, and their steps.
#include "blas/pack.h"
#include "core/op.h"
#include "ops/conv2d/bf16.h"
#include "ops/conv2d/correlate.h"
#include "ops/conv2d/depthwise.h"
#include "ops/conv2d/conv2d.h"
#include "ops/conv2d/few_channels.h"
#include "ops/conv2d/forward.h"
#include "ops/conv2d/weight_gradient.h"
#include "ops/conv2d/winograd_bind.h"
#include "ops/kernel.h"
#include "ops/precision.h"

namespace netwright {

namespace {

// Up to here a kernel row of all input channels is one tap, so that its loop is not too short.
constexpr int64_t kMostJoinedChannels = 8;

// A 1 x 1 convolution that reads every pixel once has no images: all pixels are one row.
ConvGeometry flatten_pixels(ConvGeometry g) {
  const bool pointwise = g.kh == 1 && g.kw == 1 && g.stride_h == 1 && g.stride_w == 1 && g.h == g.oh && g.w == g.ow &&
                         g.top == 0 && g.left == 0;
  if (!pointwise) return g;
  g.w = g.ow = g.n * g.h * g.w;
  g.n = g.h = g.oh = 1;
  return g;
}

struct DataGradient {
  Correlate correlate;
  TransposeFunction transpose;
  int64_t group_outputs, outputs;

  int64_t packed_elements() const {
    const CorrelateShape& s = correlate.shape;
    return s.groups * s.positions * s.depth * s.columns;
  }
};

// Weights [position, group inputs, outputs] become [group][chunk][position][group outputs][columns of the chunk].
void pack_transposed(const DataGradient& plan, const float* weights, float* packed, Stream& stream) {
  const CorrelateShape& s = plan.correlate.shape;
  const Tiling& columns = plan.correlate.columns;
  const double cost = static_cast<double>(s.depth * columns.chunk_columns(0)) / 4 + 20;
  stream.parallel(s.groups * columns.chunks * s.positions, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t position = i % s.positions;
      const int64_t chunk = i / s.positions % columns.chunks;
      const int64_t group = i / s.positions / columns.chunks;
      const ChunkWeights to = packed_chunk(plan.correlate, packed, group, chunk);
      const float* from =
          weights + (position * s.columns + columns.first_column(chunk)) * plan.outputs + group * s.depth;
      plan.transpose(from, plan.outputs, packed + (to.base - packed) + position * to.position_step, to.row_step,
                     columns.chunk_columns(chunk), s.depth);
    }
  });
}

Borders forward_borders(const ConvGeometry& g) {
  const int64_t reach = (g.ow - 1) * g.stride_w + (g.kw - 1) * g.dilation_w - g.left;
  const int64_t right = std::max<int64_t>(0, reach - (g.w - 1)), width = g.left + g.w + right;
  return {
      g.left, right,
      make_regions(forward_axis(g.oh, g.h, g.kh, g.stride_h, g.top, g.dilation_h),
                   forward_axis(g.ow, width, g.kw, g.stride_w, 0, g.dilation_w), width, g.kw, g.group_inputs(), false)};
}

// Of the output gradient, beside which the gradient of x reads.
Borders gradient_borders(const ConvGeometry& g) {
  const int64_t before = std::max<int64_t>(0, (g.kw - 1) * g.dilation_w - g.left);
  const int64_t left = (before + g.stride_w - 1) / g.stride_w;
  const int64_t right = std::max<int64_t>(0, (g.w - 1 + g.left) / g.stride_w - (g.ow - 1)), width = left + g.ow + right;
  return {left, right,
          make_regions(gradient_axis(g.h, g.oh, g.kh, g.stride_h, g.top, g.dilation_h),
                       gradient_axis(g.w, width, g.kw, g.stride_w, g.left + left * g.stride_w, g.dilation_w), width,
                       g.kw, g.group_outputs(), false)};
}

void run_few_channels_forward(const Args& args, Stream& stream) {
  const auto& forward = data_of<Forward<FewChannels>>(args);
  run_few_channels(forward.plan, args.input(0), args.input(1), forward.epilogue(args), args.output(0),
                   static_cast<float*>(args.workspace), stream);
}

BoundKernel bind_few_channels(const Node& node, const Target& target, FewChannels plan) {
  const size_t workspace = static_cast<size_t>(plan.workers * plan.copy_elements()) * sizeof(float);
  const double operations = plan.operations;
  BoundKernel bound =
      make_kernel(node, target, run_few_channels_forward, forward_of(node, std::move(plan)), operations);
  bound.name += " few channels" + epilogue_name(node);
  bound.workspace_bytes = workspace;
  return bound;
}

void run_depthwise_forward(const Args& args, Stream& stream) {
  const auto& forward = data_of<Forward<Depthwise>>(args);
  run_depthwise(forward.plan, args.input(0), args.input(1), forward.epilogue(args), args.output(0), stream);
}

void run_forward(const Args& args, Stream& stream) {
  const auto& forward = data_of<Forward<Correlate>>(args);
  run_correlate(forward.plan, args.input(0), args.input(1), plain_chunk, forward.epilogue(args), args.output(0),
                static_cast<float*>(args.workspace), stream);
}

BoundKernel bind_conv2d(const Node& node, const Target& target) {
  const ConvGeometry g = flatten_pixels(conv_geometry(node, node.in[0], node.in[1], node.out[0]));
  if (g.depthwise()) {
    Depthwise plan = plan_depthwise(g, target.isa, false);
    const double operations = plan.operations;
    BoundKernel bound = make_kernel(node, target, run_depthwise_forward, forward_of(node, std::move(plan)), operations);
    bound.name += " depthwise";
    return bound;
  }
  const bool join = g.groups == 1 && g.dilation_w == 1 && g.kw > 1 && g.c <= kMostJoinedChannels;
  const CorrelateShape shape = {g.n, g.h, g.w, g.oh, g.ow, g.groups, g.group_inputs(), g.group_outputs(), g.kh * g.kw};
  Regions regions =
      make_regions(forward_axis(g.oh, g.h, g.kh, g.stride_h, g.top, g.dilation_h),
                   forward_axis(g.ow, g.w, g.kw, g.stride_w, g.left, g.dilation_w), g.w, g.kw, g.group_inputs(), join);
  Correlate plan = plan_correlate(shape, std::move(regions), forward_borders(g), join, target);
  if (auto winograd = bind_winograd(node, target, g, false, plan.cycles)) return *winograd;
  if (std::optional<FewChannels> few = plan_few_channels(g, target, plan.operations))
    return bind_few_channels(node, target, std::move(*few));
  const size_t workspace = static_cast<size_t>(plan.input_copy_elements()) * sizeof(float);
  const double operations = plan.operations;
  const std::string name = plan.name();
  BoundKernel bound = make_kernel(node, target, run_forward, forward_of(node, std::move(plan)), operations);
  bound.name += " " + name + epilogue_name(node);
  bound.workspace_bytes = workspace;
  return bound;
}

BoundKernel bind_conv2d_grad_x(const Node& node, const Target& target) {
  const ConvGeometry g = flatten_pixels(conv_geometry(node, node.out[0], node.in[1], node.in[0]));
  if (g.depthwise()) {
    RunFunction run = [](const Args& args, Stream& stream) {
      run_depthwise(data_of<Depthwise>(args), args.input(0), args.input(1), {}, args.output(0), stream);
    };
    Depthwise plan = plan_depthwise(g, target.isa, true);
    const double operations = plan.operations;
    BoundKernel bound = make_kernel(node, target, run, std::move(plan), operations);
    bound.name += " depthwise";
    return bound;
  }
  const CorrelateShape shape = {g.n, g.oh, g.ow, g.h, g.w, g.groups, g.group_outputs(), g.group_inputs(), g.kh * g.kw};
  Regions regions = make_regions(gradient_axis(g.h, g.oh, g.kh, g.stride_h, g.top, g.dilation_h),
                                 gradient_axis(g.w, g.ow, g.kw, g.stride_w, g.left, g.dilation_w), g.ow, g.kw,
                                 g.group_outputs(), false);
  DataGradient plan = {plan_correlate(shape, std::move(regions), gradient_borders(g), false, target),
                       transpose_function(target.isa), g.group_outputs(), g.oc};
  if (auto winograd = bind_winograd(node, target, g, true, plan.correlate.cycles)) return *winograd;
  const size_t elements = static_cast<size_t>(plan.packed_elements() + plan.correlate.input_copy_elements());
  const double operations = plan.correlate.operations;
  const std::string name = plan.correlate.name();
  RunFunction run = [](const Args& args, Stream& stream) {
    const DataGradient& gradient = data_of<DataGradient>(args);
    float* packed = static_cast<float*>(args.workspace);
    pack_transposed(gradient, args.input(1), packed, stream);
    run_correlate(gradient.correlate, args.input(0), packed, packed_chunk, {}, args.output(0),
                  packed + gradient.packed_elements(), stream);
  };
  BoundKernel bound = make_kernel(node, target, run, std::move(plan), operations);
  bound.name += " " + name;
  bound.workspace_bytes = elements * sizeof(float);
  return bound;
}

struct DepthwiseWeightGradient {
  ConvGeometry geometry;
  Isa isa;
};

BoundKernel bind_conv2d_grad_weight(const Node& node, const Target& target) {
  const ConvGeometry g = flatten_pixels(conv_geometry(node, node.in[0], node.out[0], node.in[1]));
  if (g.depthwise()) {
    RunFunction run = [](const Args& args, Stream& stream) {
      const DepthwiseWeightGradient& plan = data_of<DepthwiseWeightGradient>(args);
      run_depthwise_weight_gradient(plan.geometry, plan.isa, args.input(0), args.input(1), args.output(0), stream);
    };
    const double operations = 2.0 * static_cast<double>(g.n * g.oh * g.ow) * static_cast<double>(g.kh * g.kw * g.c);
    BoundKernel bound = make_kernel(node, target, run, DepthwiseWeightGradient{g, target.isa}, operations);
    bound.name += " depthwise";
    return bound;
  }
  WeightGradient plan = plan_weight_gradient(g, target);
  if (auto winograd = bind_winograd_weight(node, target, g, plan.operations)) return *winograd;
  const size_t workspace = static_cast<size_t>(plan.workspace_elements()) * sizeof(float);
  const double operations = plan.operations;
  const std::string name = text(" tile ", plan.tiles->most_rows[plan.tiling.vectors], "x", plan.tiling.vectors);
  RunFunction run = [](const Args& args, Stream& stream) {
    run_weight_gradient(data_of<WeightGradient>(args), args.input(0), args.input(1), args.output(0),
                        static_cast<float*>(args.workspace), stream);
  };
  BoundKernel bound = make_kernel(node, target, run, std::move(plan), operations);
  bound.name += name;
  bound.workspace_bytes = workspace;
  return bound;
}

}  // namespace

const OpDef conv2d_op = {"conv2d", verify_conv2d, bind_with_precision<bind_conv2d, bind_bf16_conv2d>};
const OpDef conv2d_grad_x_op = {"conv2d_grad_x", verify_conv2d_grad_x,
                                bind_with_precision<bind_conv2d_grad_x, bind_bf16_conv2d_grad_x>};
const OpDef conv2d_grad_weight_op = {"conv2d_grad_weight", verify_conv2d_grad_weight,
                                     bind_with_precision<bind_conv2d_grad_weight, bind_bf16_conv2d_grad_weight>};

}  // namespace netwright
