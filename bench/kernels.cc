// Times convolutions and products alone, without Node: prints microseconds and GFLOP/s (multiplications really done) of
// each.
//
// Built with -DNETWRIGHT_TESTS=ON. Arguments: instruction set (default the best), threads (default 1), a part of the
// names to run ("grad_w", "64x32x8x8"; default all), and which kernel computes convolutions: direct, winograd where it
// fits, or by default the chosen one; with either no products follow.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "blas/sgemm.h"
#include "core/op.h"
#include "ops/conv2d/conv2d.h"
#include "ops/matmul/matmul.h"

namespace netwright {
namespace {

struct Settings {
  Isa isa;
  int threads;
  std::string wanted;
  ConvKernel convolution;
};

Tensor make_tensor(std::vector<int64_t> shape, Storage storage = Storage::plain) {
  Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.storage = storage;
  return tensor;
}

// Best of several repetitions, in seconds; 0 for a name that was not asked for.
double time_kernel(const OpDef& op, const Node& node, const Settings& settings, bool use_blas,
                   const std::string& what) {
  if (what.find(settings.wanted) == std::string::npos) return 0;
  Target target;
  target.isa = settings.isa;
  target.max_threads = settings.threads;
  target.use_blas = use_blas;
  target.convolution = settings.convolution;
  op.verify(node);
  const BoundKernel kernel = op.bind(node, target);
  std::vector<std::vector<float>> memory;
  std::vector<void*> in, out;
  auto allocate = [&](size_t count, float value) {
    memory.emplace_back(count + 16, value);
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.back().data()) + 63) / 64 * 64);
  };
  for (const Tensor& tensor : node.in) in.push_back(allocate(static_cast<size_t>(tensor.count()), 0.01f));
  for (const Tensor& tensor : node.out) out.push_back(allocate(static_cast<size_t>(tensor.count()), 0.0f));
  const Args args = {in.data(), out.data(), allocate(kernel.workspace_bytes / 4, 0.0f), kernel.data.get()};
  StepState state;
  ThreadLease lease(settings.threads);
  Stream stream(state, lease);
  double best = 1e30;
  const int inner = static_cast<int>(std::max(1.0, 2e7 / (kernel.operations + 1e5)));
  for (int repetition = 0; repetition < 15; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < inner; ++i) kernel.run(args, stream);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count() / inner);
  }
  std::printf("%-34s %10.1f us %7.1f GFLOP/s  %s\n", what.c_str(), best * 1e6, kernel.operations / best * 1e-9,
              kernel.name.c_str());
  return best;
}

double time_conv(const Settings& settings, int64_t n, int64_t size, int64_t c, int64_t oc, int64_t kernel,
                 int64_t stride, int64_t groups, bool data_gradient) {
  const double k = static_cast<double>(kernel), padding = static_cast<double>(kernel / 2);
  const int64_t out = (size + 2 * (kernel / 2) - kernel) / stride + 1;
  const Tensor x = make_tensor({n, c, size, size}, Storage::nhwc), y = make_tensor({n, oc, out, out}, Storage::nhwc);
  const Tensor w = make_tensor({oc, c / groups, kernel, kernel}, Storage::hwio);
  Node node;
  node.attributes.values["stride"] = std::vector<double>(2, static_cast<double>(stride));
  node.attributes.values["dilation"] = std::vector<double>{1, 1};
  node.attributes.values["padding"] = std::vector<double>(4, padding);
  node.attributes.values["groups"] = static_cast<double>(groups);
  node.attributes.values["kernel"] = std::vector<double>{k, k};
  node.attributes.values["inputShape"] =
      std::vector<double>{static_cast<double>(c), static_cast<double>(size), static_cast<double>(size)};
  const std::string shape = text(n, "x", c, "x", size, "x", size, " -> ", oc, " k", kernel, " s", stride, " g", groups);
  node.in = {x, w};
  node.out = {y};
  double total = time_kernel(conv2d_op, node, settings, false, "forward " + shape);
  if (data_gradient) {
    node.in = {y, w};
    node.out = {x};
    total += time_kernel(conv2d_grad_x_op, node, settings, false, "grad_x  " + shape);
  }
  node.in = {x, y};
  node.out = {w};
  return total + time_kernel(conv2d_grad_weight_op, node, settings, false, "grad_w  " + shape);
}

void time_convolutions(const Settings& settings) {
  for (int64_t n : {1, 10, 64, 256}) {
    double usps = time_conv(settings, n, 16, 1, 32, 3, 1, 1, false);
    usps += time_conv(settings, n, 8, 32, 64, 3, 1, 1, true);
    usps += time_conv(settings, n, 4, 64, 128, 3, 1, 1, true);
    std::printf("USPS network's convolutions, batch %ld: %.3f ms\n\n", static_cast<long>(n), usps * 1e3);
  }
  double resnet = time_conv(settings, 128, 32, 3, 16, 3, 1, 1, false);
  resnet += 6 * time_conv(settings, 128, 32, 16, 16, 3, 1, 1, true);
  resnet += time_conv(settings, 128, 32, 16, 32, 3, 2, 1, true);
  resnet += time_conv(settings, 128, 32, 16, 32, 1, 2, 1, true);
  resnet += 5 * time_conv(settings, 128, 16, 32, 32, 3, 1, 1, true);
  resnet += time_conv(settings, 128, 16, 32, 64, 3, 2, 1, true);
  resnet += time_conv(settings, 128, 16, 32, 64, 1, 2, 1, true);
  resnet += 5 * time_conv(settings, 128, 8, 64, 64, 3, 1, 1, true);
  std::printf("ResNet-20's convolutions, batch 128: %.3f ms\n\n", resnet * 1e3);
  time_conv(settings, 8, 32, 3, 64, 3, 1, 1, true);
  time_conv(settings, 8, 32, 64, 64, 3, 1, 1, true);
  time_conv(settings, 8, 16, 128, 256, 3, 2, 1, true);
  time_conv(settings, 8, 16, 256, 256, 1, 1, 1, true);
  time_conv(settings, 8, 32, 64, 64, 3, 1, 64, true);
  time_conv(settings, 8, 16, 64, 64, 3, 1, 4, true);
}

void time_matmul(const Settings& settings, int64_t m, int64_t n, int64_t k, bool ta, bool tb) {
  Node node;
  node.attributes.values["ta"] = ta;
  node.attributes.values["tb"] = tb;
  node.in = {ta ? make_tensor({k, m}) : make_tensor({m, k}), tb ? make_tensor({n, k}) : make_tensor({k, n})};
  node.out = {make_tensor({m, n})};
  const std::string what = text("matmul ", m, "x", n, "x", k, ta ? " ta" : "", tb ? " tb" : "");
  time_kernel(matmul_op, node, settings, false, what);
  if (blas_available()) time_kernel(matmul_op, node, settings, true, what);
}

void time_products(const Settings& settings) {
  const int64_t shapes[][3] = {{10, 100, 512},   {10, 512, 100},  {512, 100, 10},     {10, 50, 100},
                               {10, 10, 50},     {64, 100, 512},  {64, 512, 100},     {512, 100, 64},
                               {256, 100, 512},  {256, 512, 100}, {512, 100, 256},    {256, 256, 256},
                               {64, 1024, 1024}, {512, 512, 512}, {1024, 1024, 1024}, {100, 1000, 2000}};
  for (const int64_t(&shape)[3] : shapes)
    for (int transposes = 0; transposes < 4; ++transposes)
      time_matmul(settings, shape[0], shape[1], shape[2], transposes % 2 == 1, transposes / 2 == 1);
}

}  // namespace
}  // namespace netwright

int main(int argc, char** argv) {
  using namespace netwright;
  const std::string convolution = argc > 4 ? argv[4] : "chosen";
  const Settings settings = {argc > 1 ? parse_isa(argv[1]) : active_isa(), argc > 2 ? std::atoi(argv[2]) : 1,
                             argc > 3 ? argv[3] : "",
                             convolution == "direct"     ? ConvKernel::direct
                             : convolution == "winograd" ? ConvKernel::winograd
                                                         : ConvKernel::chosen};
  time_convolutions(settings);
  if (settings.convolution == ConvKernel::chosen) time_products(settings);
}
