// Chooses by estimated time. Nothing is measured at run time, so the choice is the same every time.
#include "ops/conv2d/winograd_bind.h"

#include "ops/conv2d/forward.h"
#include "ops/conv2d/winograd.h"
#include "ops/conv2d/winograd_weight.h"
#include "ops/kernel.h"

namespace netwright {

namespace {

// Estimates are no better than this.
constexpr double kMargin = 1.08;
// Pixels that a weight gradient sums over, lest a sum is too short for the errors of its transforms.
constexpr int64_t kFewestPixels = 64;
// Of the direct weight gradient, for every vector multiplied.
constexpr double kDirectWeightCycles = 1.15;

// Without a fused multiply-add the errors of some shapes are beyond the tolerance of the direct kernels.
bool is_possible(const Target& target, const ConvGeometry& g) {
  return target.convolution != ConvKernel::direct && target.isa != Isa::scalar && winograd_fits(g);
}

bool choose(const Target& target, double winograd_cycles, double direct_cycles) {
  if (target.convolution == ConvKernel::winograd) return true;
  return winograd_cycles * kMargin < direct_cycles;
}

template <class Plan>
BoundKernel bind_kernel(const Node& node, const Target& target, RunFunction run, Plan kernel, const std::string& name,
                        int64_t workspace_elements, double operations) {
  BoundKernel bound = make_kernel(node, target, run, std::move(kernel), operations);
  bound.name += " winograd" + name;
  bound.workspace_bytes = static_cast<size_t>(workspace_elements) * sizeof(float);
  return bound;
}

std::string tile_name(const TileSet& tiles, int vectors) {
  return text(" tile ", tiles.most_rows[vectors], "x", vectors);
}

void run_forward(const Args& args, Stream& stream) {
  const auto& forward = data_of<Forward<Winograd>>(args);
  run_winograd(forward.plan, args.input(0), args.input(1), forward.epilogue(args), args.output(0),
               static_cast<float*>(args.workspace), stream);
}

void run_weight(const Args& args, Stream& stream) {
  run_winograd_weight(data_of<WinogradWeight>(args), args.input(0), args.input(1), args.output(0),
                      static_cast<float*>(args.workspace), stream);
}

}  // namespace

std::optional<BoundKernel> bind_winograd(const Node& node, const Target& target, const ConvGeometry& g, bool gradient,
                                         double direct_cycles) {
  if (!is_possible(target, g)) return std::nullopt;
  Winograd plan = plan_winograd(g, gradient, target);
  if (!choose(target, plan.cycles, direct_cycles)) return std::nullopt;
  const std::string name = tile_name(*plan.tile_set, plan.chunks.vectors) + epilogue_name(node);
  const int64_t workspace = plan.workspace_elements();
  const double operations = plan.operations;
  return bind_kernel(node, target, run_forward, forward_of(node, std::move(plan)), name, workspace, operations);
}

std::optional<BoundKernel> bind_winograd_weight(const Node& node, const Target& target, const ConvGeometry& g,
                                                double direct_operations) {
  if (!is_possible(target, g)) return std::nullopt;
  if (g.n * g.oh * g.ow < kFewestPixels) return std::nullopt;
  WinogradWeight plan = plan_winograd_weight(g, target.isa);
  const double direct_vectors =
      direct_operations / 2 / static_cast<double>(g.oc) * static_cast<double>(plan.tiling.vector_count());
  if (!choose(target, plan.cycles, kDirectWeightCycles * direct_vectors)) return std::nullopt;
  const std::string name = tile_name(*plan.tile_set, plan.tiling.vectors);
  const int64_t workspace = plan.workspace_elements();
  const double operations = plan.operations;
  return bind_kernel(node, target, run_weight, std::move(plan), name, workspace, operations);
}

}  // namespace netwright
