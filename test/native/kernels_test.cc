// Compares products and convolutions with plain loops in double precision, on every instruction set and several numbers
// of threads, and asserts that the number of threads does not change a bit.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "allocations.h"
#include "blas/sgemm.h"
#include "check.h"
#include "started_workers.h"
#include "core/op.h"
#include "ops/conv2d/conv2d.h"
#include "ops/matmul/matmul.h"
#include "ops/reduce/reduce.h"

namespace netwright {
namespace {

std::mt19937 random_bits(1);

int64_t between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random_bits() % static_cast<uint64_t>(high - low + 1));
}

Tensor make_tensor(std::vector<int64_t> shape, Storage storage = Storage::plain) {
  Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.storage = storage;
  return tensor;
}

// Where element (user's order) lies in memory.
size_t place(const Tensor& t, const int64_t (&i)[4]) {
  const std::vector<int64_t>& s = t.shape;
  int64_t at = 0;
  if (t.storage == Storage::nhwc) {
    at = ((i[0] * s[2] + i[2]) * s[3] + i[3]) * s[1] + i[1];
  } else if (t.storage == Storage::hwio) {
    at = ((i[2] * s[3] + i[3]) * s[1] + i[1]) * s[0] + i[0];
  } else {
    for (size_t d = 0; d < s.size(); ++d) at = at * s[d] + i[d];
  }
  return static_cast<size_t>(at);
}

struct Expected {
  std::vector<double> value;      // in memory order
  std::vector<double> magnitude;  // sum of the absolute products
  std::vector<double> terms;
  explicit Expected(const Tensor& t)
      : value(static_cast<size_t>(t.count())), magnitude(value.size()), terms(value.size()) {}
  void add(size_t at, double product) {
    value[at] += product;
    magnitude[at] += std::fabs(product);
    terms[at] += 1;
  }
};

using Values = std::vector<std::vector<float>>;
using Reference = std::function<void(const Values& in, Expected& out)>;

// Memory with a guard on each side; the kernel may write nothing there.
struct Guarded {
  static constexpr size_t kGuard = 64;
  std::vector<float> memory;
  explicit Guarded(size_t count) : memory(count + 2 * kGuard, 7.5f) {}
  float* data() { return memory.data() + kGuard; }
  bool intact() const {
    for (size_t i = 0; i < kGuard; ++i)
      if (memory[i] != 7.5f || memory[memory.size() - 1 - i] != 7.5f) return false;
    return true;
  }
};

// How often an op's kernel read a bordered copy.
std::map<std::string, int> bordered;

void fail(const std::string& what) { checks.add(false, what, __FILE__, __LINE__); }

std::vector<float> run_once(const OpDef& op, const Node& node, Target target, int threads, const Values& in,
                            const std::string& what) {
  target.max_threads = threads;
  const BoundKernel kernel = op.bind(node, target);
  if (kernel.name.find("bordered") != std::string::npos) ++bordered[op.name];
  Guarded out(static_cast<size_t>(node.out[0].count()));
  // Uninitialised workspaces hold NaN here, so that a kernel that reads one before writing it is seen.
  std::vector<float> workspace(kernel.workspace_bytes / 4 + 1 + 32, std::nanf(""));
  uintptr_t aligned = (reinterpret_cast<uintptr_t>(workspace.data()) + 63) / 64 * 64;
  std::vector<void*> inputs;
  for (const std::vector<float>& values : in) inputs.push_back(const_cast<float*>(values.data()));
  void* output = out.data();
  const Args args = {inputs.data(), &output, reinterpret_cast<void*>(aligned), kernel.data.get()};
  StepState state;
  ThreadLease lease(threads);
  Stream stream(state, lease);
  const int64_t allocations = allocations_of([&] { kernel.run(args, stream); });
  if (allocations != 0 && !target.use_blas) fail(text(what, ": a step allocates ", allocations, " times"));
  if (!out.intact()) fail(what + ": wrote beside its output");
  return std::vector<float>(out.data(), out.data() + node.out[0].count());
}

// The kernels of an op: for products with a BLAS too, for convolutions both ways.
std::vector<Target> targets_of(const OpDef& op, Isa isa) {
  Target target;
  target.isa = isa;
  std::vector<Target> targets;
  if (std::strncmp(op.name, "conv2d", 6) == 0) {
    for (ConvKernel kernel : {ConvKernel::direct, ConvKernel::winograd}) {
      target.convolution = kernel;
      targets.push_back(target);
    }
    return targets;
  }
  targets.push_back(target);
  target.use_blas = true;
  if (std::strcmp(op.name, "matmul") == 0 && blas_available()) targets.push_back(target);
  return targets;
}

void check_case(const OpDef& op, const Node& node, const Reference& reference, const std::string& shape_text) {
  Values in;
  std::normal_distribution<float> normal;
  for (const Tensor& tensor : node.in) {
    in.emplace_back(static_cast<size_t>(tensor.count()));
    for (float& value : in.back()) value = normal(random_bits);
  }
  Expected expected(node.out[0]);
  reference(in, expected);
  try {
    op.verify(node);
  } catch (const std::exception& error) {
    return fail(shape_text + ": " + error.what());
  }
  for (Isa isa : supported_isas())
    for (const Target& target : targets_of(op, isa)) {
      const std::string what = shape_text + " on " + isa_name(isa) + (target.use_blas ? " with BLAS" : "") +
                               (target.convolution == ConvKernel::winograd ? " by Winograd" : "");
      const std::vector<float> one = run_once(op, node, target, 1, in, what);
      const int failed_before = checks.failed;
      for (size_t i = 0; i < one.size(); ++i) {
        // A sum of k products of random sign is about sqrt(k) of them; its rounding errors grow with sqrt(k) beside
        // that.
        const double k = std::max(1.0, expected.terms[i]);
        const double typical = std::max(std::fabs(expected.value[i]), expected.magnitude[i] / std::sqrt(k));
        const double tolerance = 4 * 1.1920929e-7 * std::sqrt(k) * typical;
        if (!(std::fabs(one[i] - expected.value[i]) <= tolerance)) {
          fail(text(what, ": element ", i, " is ", one[i], ", expected ", expected.value[i], " within ", tolerance));
          break;
        }
      }
      for (int threads : {2, 3}) {
        const std::vector<float> more = run_once(op, node, target, threads, in, what);
        if (std::memcmp(more.data(), one.data(), one.size() * sizeof(float)) != 0)
          fail(text(what, ": other bits with ", threads, " threads"));
      }
      if (checks.failed == failed_before) ++checks.passed;
    }
}

struct ConvCase {
  int64_t n, c, h, w, oc, kh, kw, sh, sw, dh, dw, groups;
  int64_t padding[4];
  bool bias;
};

std::vector<double> doubles(std::initializer_list<int64_t> list) {
  return std::vector<double>(list.begin(), list.end());
}

void check_conv(const ConvCase& k) {
  const int64_t oh = (k.h + k.padding[0] + k.padding[2] - k.dh * (k.kh - 1) - 1) / k.sh + 1;
  const int64_t ow = (k.w + k.padding[1] + k.padding[3] - k.dw * (k.kw - 1) - 1) / k.sw + 1;
  const Tensor x = make_tensor({k.n, k.c, k.h, k.w}, Storage::nhwc);
  const Tensor w = make_tensor({k.oc, k.c / k.groups, k.kh, k.kw}, Storage::hwio);
  const Tensor y = make_tensor({k.n, k.oc, oh, ow}, Storage::nhwc);
  Node node;
  node.label = "test";
  node.attributes.values["stride"] = doubles({k.sh, k.sw});
  node.attributes.values["dilation"] = doubles({k.dh, k.dw});
  node.attributes.values["padding"] = doubles({k.padding[0], k.padding[1], k.padding[2], k.padding[3]});
  node.attributes.values["groups"] = static_cast<double>(k.groups);
  node.attributes.values["inputShape"] = doubles({k.c, k.h, k.w});
  node.attributes.values["kernel"] = doubles({k.kh, k.kw});
  // Calls visit(place in x, place in w, place in y) for every product.
  auto each_product = [&](auto visit) {
    const int64_t icg = k.c / k.groups, ocg = k.oc / k.groups;
    for (int64_t n = 0; n < k.n; ++n)
      for (int64_t o = 0; o < k.oc; ++o)
        for (int64_t oy = 0; oy < oh; ++oy)
          for (int64_t ox = 0; ox < ow; ++ox)
            for (int64_t i = 0; i < icg; ++i)
              for (int64_t ky = 0; ky < k.kh; ++ky)
                for (int64_t kx = 0; kx < k.kw; ++kx) {
                  const int64_t iy = oy * k.sh + ky * k.dh - k.padding[0], ix = ox * k.sw + kx * k.dw - k.padding[1];
                  if (iy < 0 || iy >= k.h || ix < 0 || ix >= k.w) continue;
                  visit(place(x, {n, o / ocg * icg + i, iy, ix}), place(w, {o, i, ky, kx}), place(y, {n, o, oy, ox}));
                }
  };
  const std::string shape =
      text("[n ", k.n, " c ", k.c, " h ", k.h, " w ", k.w, " oc ", k.oc, " k ", k.kh, "x", k.kw, " s ", k.sh, "x", k.sw,
           " d ", k.dh, "x", k.dw, " groups ", k.groups, " padding ", k.padding[0], ",", k.padding[1], ",",
           k.padding[2], ",", k.padding[3], k.bias ? " bias]" : "]");
  node.in = {x, w};
  if (k.bias) node.in.push_back(make_tensor({k.oc}));
  node.out = {y};
  check_case(
      conv2d_op, node,
      [&](const Values& in, Expected& out) {
        if (k.bias)
          for (size_t i = 0; i < out.value.size(); ++i) out.add(i, in[2][i % static_cast<size_t>(k.oc)]);
        each_product([&](size_t a, size_t b, size_t c) { out.add(c, static_cast<double>(in[0][a]) * in[1][b]); });
      },
      "conv2d " + shape);
  node.in = {y, w};
  node.out = {x};
  check_case(
      conv2d_grad_x_op, node,
      [&](const Values& in, Expected& out) {
        each_product([&](size_t a, size_t b, size_t c) { out.add(a, static_cast<double>(in[0][c]) * in[1][b]); });
      },
      "conv2d_grad_x " + shape);
  node.in = {x, y};
  node.out = {w};
  check_case(
      conv2d_grad_weight_op, node,
      [&](const Values& in, Expected& out) {
        each_product([&](size_t a, size_t b, size_t c) { out.add(b, static_cast<double>(in[0][a]) * in[1][c]); });
      },
      "conv2d_grad_weight " + shape);
}

ConvCase random_conv() {
  ConvCase k = {};
  k.n = between(1, 4) == 1 ? between(5, 30) : between(1, 4);
  k.kh = between(1, 4), k.kw = between(1, 4);
  k.sh = between(1, 3), k.sw = between(1, 3);
  k.dh = between(1, 5) > 3 ? 2 : 1, k.dw = between(1, 5) > 3 ? 2 : 1;
  if (between(0, 1)) k.sh = k.sw = k.dh = k.dw = 1;
  k.groups = between(0, 2) == 0 ? between(2, 4) : 1;
  k.c = k.groups * between(1, 9);
  k.oc = k.groups * between(1, 20);
  if (between(0, 5) == 0) k.groups = k.c = k.oc = between(2, 40);
  for (int64_t& p : k.padding) p = between(0, 2);
  k.h = std::max<int64_t>(between(1, 9), k.dh * (k.kh - 1) + 1 - k.padding[0] - k.padding[2]);
  k.w = std::max<int64_t>(between(1, 14), k.dw * (k.kw - 1) + 1 - k.padding[1] - k.padding[3]);
  k.bias = between(0, 1) == 1;
  return k;
}

ConvCase random_winograd() {
  ConvCase k = {};
  k.n = between(1, 7), k.c = between(16, 50), k.oc = between(16, 50);
  k.h = between(5, 9), k.w = between(5, 12), k.kh = k.kw = 3;
  k.sh = k.sw = k.dh = k.dw = k.groups = 1;
  for (int64_t& p : k.padding) p = between(0, 2);
  k.bias = between(0, 1) == 1;
  return k;
}

void check_convolutions(int count) {
  const ConvCase fixed[] = {
      {10, 1, 16, 16, 32, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, true},  // the USPS network
      {10, 8, 8, 8, 48, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, false},
      {10, 24, 4, 4, 33, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, true},
      {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, {0, 0, 0, 0}, true},
      {2, 3, 1, 1, 5, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, false},     // the border alone
      {1, 2, 2, 2, 3, 1, 1, 2, 2, 1, 1, 1, {3, 3, 3, 3}, true},      // output pixels that meet no input
      {1, 1, 2, 3, 2, 2, 2, 1, 1, 3, 3, 1, {2, 2, 2, 2}, false},     // kernel positions that meet no input
      {13, 5, 3, 200, 17, 1, 1, 1, 1, 1, 1, 1, {0, 0, 0, 0}, true},  // pointwise, long lines
      {2, 4, 5, 130, 7, 3, 5, 1, 2, 1, 1, 1, {1, 2, 1, 2}, true},
      {3, 3, 7, 7, 4, 2, 2, 5, 5, 1, 1, 1, {0, 0, 0, 0}, false},      // a stride beyond the kernel
      {130, 16, 6, 6, 16, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, false},  // several blocks of images
      {37, 130, 4, 4, 20, 3, 3, 2, 2, 1, 1, 1, {1, 1, 1, 1}, false},
      {7, 33, 5, 7, 21, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, true},  // Winograd: tiles beyond the image on two sides
      {1, 32, 5, 6, 24, 3, 3, 1, 1, 1, 1, 1, {0, 0, 0, 0}, true},
      {5, 20, 4, 9, 40, 3, 3, 1, 1, 1, 1, 1, {0, 2, 3, 1}, false},     // padding wider than the kernel's reach
      {60, 24, 10, 10, 19, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, false},  // several blocks of tiles
      {1, 20, 4, 4, 40, 3, 3, 1, 1, 1, 1, 1, {1, 1, 1, 1}, true},      // bordered copies
      {2, 18, 7, 5, 20, 3, 3, 2, 2, 1, 1, 1, {1, 1, 1, 1}, false},
      {1, 17, 6, 6, 25, 3, 3, 1, 1, 2, 2, 1, {2, 2, 2, 2}, true},
      {2, 30, 5, 4, 27, 3, 4, 1, 1, 1, 1, 3, {0, 3, 1, 0}, false},
      {1, 24, 3, 9, 16, 2, 5, 2, 3, 1, 1, 2, {1, 0, 0, 4}, true},
  };
  for (const ConvCase& k : fixed) check_conv(k);
  for (int i = 0; i < count; ++i) check_conv(random_conv());
  for (int i = 0; i < count / 4; ++i) check_conv(random_winograd());
}

void check_matmul(int64_t m, int64_t n, int64_t k, bool ta, bool tb, bool bias) {
  Node node;
  node.attributes.values["ta"] = ta;
  node.attributes.values["tb"] = tb;
  node.in = {ta ? make_tensor({k, m}) : make_tensor({m, k}), tb ? make_tensor({n, k}) : make_tensor({k, n})};
  if (bias) node.in.push_back(make_tensor({n}));
  node.out = {make_tensor({m, n})};
  check_case(
      matmul_op, node,
      [&](const Values& in, Expected& out) {
        for (int64_t row = 0; row < m; ++row)
          for (int64_t column = 0; column < n; ++column) {
            const size_t at = static_cast<size_t>(row * n + column);
            if (bias) out.add(at, in[2][static_cast<size_t>(column)]);
            for (int64_t i = 0; i < k; ++i)
              out.add(at, static_cast<double>(in[0][static_cast<size_t>(ta ? i * m + row : row * k + i)]) *
                              in[1][static_cast<size_t>(tb ? column * k + i : i * n + column)]);
          }
      },
      text("matmul [", m, " ", n, " ", k, ta ? " ta" : "", tb ? " tb" : "", bias ? " bias]" : "]"));
}

void check_matmuls(int count) {
  for (bool ta : {false, true})
    for (bool tb : {false, true}) {
      check_matmul(10, 100, 512, ta, tb, true);
      check_matmul(100, 256, 1100, ta, tb, true);  // several passes over k, copies of both sides
      check_matmul(1, 1, 1, ta, tb, false);
      check_matmul(130, 260, 70, ta, tb, false);
      for (int64_t n : {15, 16, 17, 31, 32, 33, 63, 64, 65}) check_matmul(13, n, 3, ta, tb, n % 2 == 0);
    }
  for (int i = 0; i < count; ++i)
    check_matmul(between(1, 60), between(1, 90), between(1, 100), between(0, 1) == 1, between(0, 1) == 1,
                 between(0, 1) == 1);
}

void check_channel_sum(const Tensor& x) {
  Node node;
  node.in = {x};
  node.out = {make_tensor({x.dim(1)})};
  const size_t channels = static_cast<size_t>(x.dim(1));
  check_case(
      channel_sum_op, node,
      [&](const Values& in, Expected& out) {
        for (size_t i = 0; i < in[0].size(); ++i) out.add(i % channels, in[0][i]);
      },
      "channel_sum " + shape_text(x.shape));
}

void check_channel_sums() {
  for (int64_t c : {1, 3, 15, 16, 17, 64, 100, 257})
    for (int64_t rows : {1, 7, 600}) {
      check_channel_sum(make_tensor({rows, c}));
      check_channel_sum(make_tensor({rows, c, 5, 3}, Storage::nhwc));
    }
}

}  // namespace
}  // namespace netwright

int main(int argc, char** argv) {
  using namespace netwright;
  // More random cases and another seed on request.
  const int count = argc > 1 ? std::atoi(argv[1]) : kRandomCases;
  const std::shared_ptr<void> workers = started_workers(3);
  if (argc > 2) random_bits.seed(static_cast<unsigned>(std::atoi(argv[2])));
  check_matmuls(count);
  check_channel_sums();
  check_convolutions(count);
  // Estimates choose these copies; they must be among the cases.
  checks.add(bordered["conv2d"] > 0, "no conv2d with borders", __FILE__, __LINE__);
  checks.add(bordered["conv2d_grad_x"] > 0, "no conv2d_grad_x with borders", __FILE__, __LINE__);
  return checks.report();
}
