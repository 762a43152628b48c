// Products in bfloat16: rounding, and the drivers and kernels of AMX and AVX512-BF16 run on a model of their
// instructions, so that packing, tails and indexing are tested on every machine; where the instructions exist, on them
// too.
#include <algorithm>
#include <cstdlib>

#include "blas/bf16.h"
#include "blas/bf16_tiles.h"
#include "op_harness.h"

#define NETWRIGHT_BF16_MODEL
#define NW_BF16_AMX
#define NW_BF16_AVX512
namespace netwright::model {
namespace {
#include "blas/bf16_kernels.h"
const Bf16Tiles amx = {"modelled amx", amx_begin, amx_tile, amx_end};
const Bf16Tiles avx512 = {"modelled avx512_bf16", avx512_nothing, avx512_tile, avx512_nothing};
}  // namespace
}  // namespace netwright::model

using namespace netwright;
using namespace netwright::test;

namespace {

double rounded(float value) { return float_of(bf16_of(value)); }

uint32_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

void check_rounding() {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(rounded(1.0f) == 1 && rounded(-3.0f) == -3 && rounded(0.0f) == 0);
  CHECK(bits_of(static_cast<float>(rounded(-0.0f))) == 0x80000000u);
  // 8 significant bits: 256 and 258 are neighbours, 257 and 259 ties.
  CHECK(rounded(257.0f) == 256 && rounded(259.0f) == 260 && rounded(257.01f) == 258);
  CHECK(rounded(infinity) == infinity && rounded(-infinity) == -infinity);
  CHECK(rounded(std::numeric_limits<float>::max()) == infinity);
  CHECK(std::isnan(rounded(std::nanf(""))) && std::isnan(rounded(-std::nanf(""))));
  CHECK(rounded(0x1p-149f) == 0 && rounded(0x1.8p-133f) == 0x1p-132);
}

void check_loops() {
  std::vector<float> values = random_values(103, -1e3f, 1e3f);
  values[5] = std::nanf(""), values[17] = std::numeric_limits<float>::max(), values[100] = -0.0f;
  for (Isa isa : supported_isas()) {
    const Bf16Loops& loops = bf16_loops(isa);
    bool same = true;
    for (int64_t count : {0, 1, 3, 8, 16, 17, 33, 50}) {
      std::vector<float> floats(static_cast<size_t>(count) + 1, 7);
      loops.round(values.data(), floats.data(), count);
      std::vector<uint16_t> ones(floats.size(), 7), strided(2 * floats.size(), 7), pairs(2 * floats.size(), 7);
      loops.convert(values.data(), 2, ones.data(), count);
      loops.scatter(values.data(), strided.data(), 2, count);
      loops.interleave(values.data(), values.data() + 1, 2, pairs.data(), count);
      for (int64_t i = 0; i < count; ++i) {
        const size_t at = static_cast<size_t>(i);
        same = same && bits_of(floats[at]) == bits_of(float_of(bf16_of(values[at])));
        same = same && ones[at] == bf16_of(values[2 * at]) && strided[2 * at] == bf16_of(values[at]);
        same = same && pairs[2 * at] == bf16_of(values[2 * at]) && pairs[2 * at + 1] == bf16_of(values[2 * at + 1]);
      }
      same = same && floats.back() == 7 && ones.back() == 7 && pairs.back() == 7 && pairs[pairs.size() - 2] == 7;
    }
    report(same, text("loops of ", isa_name(isa)));
  }
}

using Map = std::map<std::string, Attribute>;

void multiply(Case& test, bool ta, bool tb) {
  const int64_t m = test.node.out[0].dim(0), n = test.node.out[0].dim(1), k = test.node.in[0].dim(ta ? 0 : 1);
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = test.in.size() == 3 ? test.in[2][static_cast<size_t>(j)] : 0;
      for (int64_t l = 0; l < k; ++l)
        sum += rounded(test.in[0][static_cast<size_t>(ta ? l * m + i : i * k + l)]) *
               rounded(test.in[1][static_cast<size_t>(tb ? j * k + l : l * n + j)]);
      test.expected[0][static_cast<size_t>(i * n + j)] = sum;
    }
}

Case matmul_case(int64_t m, int64_t n, int64_t k, bool ta, bool tb, bool bias) {
  std::vector<Tensor> in = {ta ? plain({k, m}) : plain({m, k}), tb ? plain({n, k}) : plain({k, n})};
  if (bias) in.push_back(plain({n}));
  Case test =
      make_case("matmul", std::move(in), {plain({m, n})}, {{"ta", ta}, {"tb", tb}, {"precision", std::string("bf16")}});
  multiply(test, ta, tb);
  return test;
}

struct Geometry {
  int64_t n, c, h, w, oc, kh, kw;
  int64_t stride_h = 1, stride_w = 1;
  int64_t top = 0, left = 0, bottom = 0, right = 0;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t groups = 1;
};

// Sums in place over all (x, weight, y): visit(x index, weight index, y index), indices as the elements lie in memory.
template <class Visit>
void each_tap(const Geometry& g, int64_t oh, int64_t ow, const Visit& visit) {
  const int64_t inputs = g.c / g.groups, outputs = g.oc / g.groups;
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t oy = 0; oy < oh; ++oy)
      for (int64_t ox = 0; ox < ow; ++ox)
        for (int64_t ky = 0; ky < g.kh; ++ky)
          for (int64_t kx = 0; kx < g.kw; ++kx) {
            const int64_t iy = oy * g.stride_h + ky * g.dilation_h - g.top;
            const int64_t ix = ox * g.stride_w + kx * g.dilation_w - g.left;
            if (iy < 0 || iy >= g.h || ix < 0 || ix >= g.w) continue;
            for (int64_t o = 0; o < g.oc; ++o)
              for (int64_t i = 0; i < inputs; ++i)
                visit(static_cast<size_t>(((n * g.h + iy) * g.w + ix) * g.c + o / outputs * inputs + i),
                      static_cast<size_t>(((ky * g.kw + kx) * inputs + i) * g.oc + o),
                      static_cast<size_t>(((n * oh + oy) * ow + ox) * g.oc + o));
          }
}

std::vector<Case> convolution_cases(const Geometry& g, bool bias) {
  const int64_t oh = (g.h + g.top + g.bottom - g.dilation_h * (g.kh - 1) - 1) / g.stride_h + 1;
  const int64_t ow = (g.w + g.left + g.right - g.dilation_w * (g.kw - 1) - 1) / g.stride_w + 1;
  auto list = [](std::vector<int64_t> values) { return std::vector<double>(values.begin(), values.end()); };
  Map forward = {{"stride", list({g.stride_h, g.stride_w})},
                 {"padding", list({g.top, g.left, g.bottom, g.right})},
                 {"dilation", list({g.dilation_h, g.dilation_w})},
                 {"groups", static_cast<double>(g.groups)},
                 {"precision", std::string("bf16")}};
  Map grad_x = forward, grad_weight = forward;
  grad_x["inputShape"] = list({g.c, g.h, g.w});
  grad_weight["kernel"] = list({g.kh, g.kw});
  const Tensor x = image(g.n, g.c, g.h, g.w), y = image(g.n, g.oc, oh, ow);
  const Tensor weight = {DType::float32, Storage::hwio, {g.oc, g.c / g.groups, g.kh, g.kw}};
  std::vector<Tensor> in = {x, weight};
  if (bias) in.push_back(plain({g.oc}));
  std::vector<Case> cases = {make_case("conv2d", in, {y}, forward),
                             make_case("conv2d_grad_x", {y, weight}, {x}, grad_x),
                             make_case("conv2d_grad_weight", {x, y}, {weight}, grad_weight)};
  if (bias)
    for (size_t i = 0; i < cases[0].expected[0].size(); ++i)
      cases[0].expected[0][i] = cases[0].in[2][i % static_cast<size_t>(g.oc)];
  each_tap(g, oh, ow, [&](size_t xi, size_t wi, size_t yi) {
    cases[0].expected[0][yi] += rounded(cases[0].in[0][xi]) * rounded(cases[0].in[1][wi]);
    cases[1].expected[0][xi] += rounded(cases[1].in[0][yi]) * rounded(cases[1].in[1][wi]);
    cases[2].expected[0][wi] += rounded(cases[2].in[0][xi]) * rounded(cases[2].in[1][yi]);
  });
  return cases;
}

// On tiles of this kind: close to the sums in double precision, and the same bits on any number of threads.
void check_on(const Case& test, const Bf16Tiles& tiles) {
  const std::string where = describe(test.node) + " on " + tiles.name;
  const Isa isa = supported_isas().front();
  bool non_finite = false, kept = false;
  const Outputs first = run_node(test, isa, 1, {-1, -1}, non_finite, kept, &tiles);
  const std::string wrong = difference(test, first);
  report(wrong.empty(), where + ": " + wrong);
  report(kept, where + ": changed an input");
  for (int threads : {2, 3})
    report(same_bits(first, run_node(test, isa, threads, {-1, -1}, non_finite, kept, &tiles)),
           text(where, ": other bits with ", threads, " threads"));
}

void check_everywhere(Case test) {
  // Sums of at most some hundreds of products of numbers below 2, added in float32.
  test.tolerance = 3e-5;
  check_on(test, model::amx);
  check_on(test, model::avx512);
  check_case(test);
}

const Geometry geometries[] = {
    {1, 1, 1, 1, 1, 1, 1},
    {3, 3, 5, 6, 4, 3, 3, 1, 1, 1, 1, 1, 1},
    {10, 32, 8, 8, 33, 3, 3, 1, 1, 1, 1, 1, 1},
    {2, 40, 4, 4, 17, 3, 3, 1, 1, 1, 1, 1, 1},
    {33, 5, 3, 4, 7, 3, 2, 1, 1, 0, 1, 1, 0},
    {65, 2, 2, 3, 48, 2, 2, 1, 1, 1, 1, 0, 0},
    {1, 16, 9, 40, 16, 3, 3, 1, 1, 1, 1, 1, 1},
    {4, 20, 6, 7, 24, 1, 1},
    {3, 6, 7, 8, 5, 3, 3, 2, 2, 1, 1, 1, 1},
    {9, 6, 7, 8, 5, 3, 3, 2, 2, 1, 1, 1, 1},
    {1, 4, 9, 41, 4, 3, 3, 2, 2, 1, 1, 1, 1},
    {2, 3, 8, 9, 4, 3, 2, 2, 3},
    {2, 2, 7, 7, 3, 2, 2, 3, 3},
    {3, 3, 5, 5, 4, 3, 3, 1, 1, 0, 1, 2, 3},
    {2, 2, 2, 2, 3, 3, 3, 1, 1, 3, 3, 3, 3},
    {3, 3, 7, 8, 4, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2},
    {3, 2, 7, 11, 3, 3, 3, 2, 2, 0, 4, 0, 3, 1, 3},
    {5, 6, 5, 5, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2},
    {2, 9, 4, 4, 105, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3},
    {2, 70, 3, 3, 72, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 2},
    {3, 9, 5, 5, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 9},
};

int64_t between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(generator()() % static_cast<uint32_t>(high - low + 1));
}

Geometry random_geometry() {
  for (;;) {
    Geometry g = {between(1, 5) == 1 ? between(30, 40) : between(1, 12),
                  between(1, 40),
                  between(1, 7),
                  between(1, 9),
                  between(1, 40),
                  between(1, 3),
                  between(1, 4),
                  between(1, 3),
                  between(1, 3)};
    g.top = between(0, 3), g.left = between(0, 4), g.bottom = between(0, 3), g.right = between(0, 4);
    g.dilation_h = between(1, 2), g.dilation_w = between(1, 3);
    g.groups = between(1, 3);
    g.c = std::max(g.c / g.groups, int64_t{1}) * g.groups, g.oc = std::max(g.oc / g.groups, int64_t{1}) * g.groups;
    const bool fits =
        g.h + g.top + g.bottom > g.dilation_h * (g.kh - 1) && g.w + g.left + g.right > g.dilation_w * (g.kw - 1);
    if (fits) return g;
  }
}

}  // namespace

int main() {
  check_rounding();
  check_loops();
  const int64_t lengths[] = {1, 2, 15, 16, 17, 31, 32, 33, 65};
  for (int64_t length : lengths) {
    check_everywhere(matmul_case(length, 5, 7, false, false, true));
    check_everywhere(matmul_case(3, length, 9, false, true, true));
    check_everywhere(matmul_case(4, 18, length, true, false, false));
    check_everywhere(matmul_case(length, length + 1, length, true, true, false));
  }
  check_everywhere(matmul_case(20, 40, 256, false, false, true));
  for (const Geometry& g : geometries)
    for (bool bias : {false, true})
      for (const Case& test : convolution_cases(g, bias)) check_everywhere(test);
  for (int i = 0; i < kRandomCases; ++i)
    for (const Case& test : convolution_cases(random_geometry(), i % 2 == 0)) check_everywhere(test);
  // Kernel columns so far apart that one row for all of them would hold little but zeros.
  for (const Case& test : convolution_cases({2, 3, 4, 5, 6, 2, 2, 1, 1, 0, 2000, 1, 2000, 1, 2000}, true))
    check_everywhere(test);
  return checks.report();
}
