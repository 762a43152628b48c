// Rounded copies of both operands in the workspace, in front of any float32 product.
#include "ops/precision.h"

#include "blas/bf16.h"
#include "ops/contract.h"
#include "ops/kernel.h"

namespace netwright {

namespace {

struct Rounded {
  BoundKernel product;
  const Bf16Loops* loops;
  int64_t counts[2];
  bool has_bias;

  // Each copy begins at a line of its own.
  static int64_t room(int64_t count) { return (count + 15) / 16 * 16; }
  int64_t copied() const { return room(counts[0]) + room(counts[1]); }
};

void run_rounded(const Args& args, Stream& stream) {
  const Rounded& plan = data_of<Rounded>(args);
  float* copies[2] = {static_cast<float*>(args.workspace), nullptr};
  copies[1] = copies[0] + Rounded::room(plan.counts[0]);
  for (size_t i = 0; i < 2; ++i)
    parallel_elements(stream, plan.counts[i], 0.1, [&](int64_t begin, int64_t end) {
      plan.loops->round(args.input(i) + begin, copies[i] + begin, end - begin);
    });
  // Only products with a bias have a third input.
  void* const in[3] = {copies[0], copies[1], plan.has_bias ? args.in[2] : nullptr};
  plan.product.run(Args{in, args.out, copies[0] + plan.copied(), plan.product.data.get()}, stream);
}

BoundKernel bind_rounded(const Node& node, const Target& target, BoundKernel product) {
  const size_t inner = product.workspace_bytes;
  const double operations = product.operations;
  const std::string name = product.name + " rounded to bf16";
  Rounded plan = {
      std::move(product), &bf16_loops(target.isa), {node.in[0].count(), node.in[1].count()}, node.in.size() == 3};
  const size_t copied = static_cast<size_t>(plan.copied()) * sizeof(float);
  BoundKernel bound = make_kernel(node, target, run_rounded, std::move(plan), operations);
  bound.name = name;
  bound.workspace_bytes = copied + inner;
  return bound;
}

bool wants_bf16(const Node& node) {
  return node.attributes.has("precision") && node.attributes.string("precision") == "bf16";
}

}  // namespace

void verify_precision(const Node& node) {
  if (!node.attributes.has("precision")) return;
  const std::string value = attribute(node, [](const Attributes& a) { return a.string("precision"); });
  expect_plan(node, value == "float32" || value == "bf16", "attribute \"precision\" is \"", value,
              "\", expected \"float32\" or \"bf16\"");
  expect_plan(node, value == "float32" || (!node.attributes.has("activation") && node.in.size() <= 3),
              "products in bf16 have no factor and no activation");
}

BoundKernel bind_product(const Node& node, const Target& target, BindFunction float32, Bf16BindFunction bf16) {
  if (!wants_bf16(node)) return float32(node, target);
  const Bf16Tiles* tiles = target.bf16 != nullptr ? target.bf16 : bf16_tiles(target.isa);
  if (tiles != nullptr) {
    BoundKernel bound = bf16(node, target, *tiles);
    if (bound.run != nullptr) {
      bound.name += text(" ", tiles->name);
      return bound;
    }
  }
  // Winograd's sums of operands are no bfloat16 any more.
  Target direct = target;
  direct.convolution = ConvKernel::direct;
  return bind_rounded(node, target, float32(node, direct));
}

}  // namespace netwright
