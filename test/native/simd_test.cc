// Checks Vec and its mathematical functions against double precision on every instruction set of this machine.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "check.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "../test/native/simd_test.cc"
#include "simd/foreach_target.h"
#include "simd/math.h"

NW_BEFORE_NAMESPACE

// Function number `which` of every element.
static void evaluate(int which, const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const int64_t count = std::min<int64_t>(kLanes, n - i);
    const Vec v = Vec::load_partial(x + i, count);
    const Vec r = which == 0 ? exp(v) : which == 1 ? log(v) : which == 2 ? tanh(v) : sigmoid(v);
    r.store_partial(y + i, count);
  }
}

// Partial loads and stores touch nothing beyond count; returns the first count that went wrong, else -1.
static int partial_error() {
  for (int count = 0; count <= kLanes; ++count) {
    std::vector<float> source(static_cast<size_t>(count), 2.0f);
    std::vector<float> target(static_cast<size_t>(kLanes) + 1, -1.0f);
    const Vec v = Vec::load_partial(source.data(), count);
    if (reduce_add(v) != 2.0f * static_cast<float>(count)) return count;
    (v + Vec(1.0f)).store_partial(target.data(), count);
    for (int i = 0; i <= kLanes; ++i)
      if (target[static_cast<size_t>(i)] != (i < count ? 3.0f : -1.0f)) return count;
    if (reduce_max(select(first_lanes(count), Vec(1.0f), Vec(-1.0f))) != (count > 0 ? 1.0f : -1.0f)) return count;
  }
  return -1;
}

static bool order_error() {
  const Vec nan(std::numeric_limits<float>::quiet_NaN());
  const Vec one(1.0f);
  const bool right = reduce_add(max(nan, one)) == static_cast<float>(kLanes) && any(is_nan(max(one, nan))) &&
                     !any(lt(nan, one)) && !any(ge(nan, one)) && all(is_nan(nan)) && !any(is_finite(nan)) &&
                     all(eq(round(Vec(2.5f)), Vec(2.0f))) && all(eq(floor(Vec(-1.5f)), Vec(-2.0f))) &&
                     all(eq(to_float(to_int(Vec(-3.5f))), Vec(-4.0f))) && all(eq(fnma(one, one, Vec(3.0f)), Vec(2.0f)));
  return !right;
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

struct Function {
  const char* name;
  double (*exact)(double);
  double tolerance_ulp;
  std::vector<std::pair<float, float>> ranges;
};

static double exact_sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

static void expect(bool condition, const char* isa, const char* what) {
  checks.add(condition, text(isa, ": ", what), __FILE__, __LINE__);
}

static double ulp_error(float found, double exact) {
  const float nearest = static_cast<float>(exact);
  if (std::isinf(nearest) || std::isnan(nearest))
    return found == nearest || (std::isnan(found) && std::isnan(nearest)) ? 0 : 1e30;
  const double spacing =
      std::max(std::ldexp(1.0, std::ilogb(std::max(std::fabs(nearest), 1.17549435e-38f)) - 23), 1.4e-45);
  return std::fabs(static_cast<double>(found) - exact) / spacing;
}

static void check_functions(Isa isa) {
  const Function functions[] = {
      {"exp", std::exp, 2, {{-110, 95}, {-1, 1}, {-1e-3f, 1e-3f}}},
      {"log", std::log, 2, {{1e-45f, 1e-37f}, {1e-6f, 2}, {0.9f, 1.1f}, {1, 1e30f}}},
      {"tanh", std::tanh, 4, {{-12, 12}, {-1, 1}, {-1e-3f, 1e-3f}}},
      {"sigmoid", exact_sigmoid, 4, {{-100, 100}, {-1, 1}}},
  };
  const int count = 20011;
  std::vector<float> x(count), y(count);
  for (int which = 0; which < 4; ++which) {
    double worst = 0, worst_at = 0;
    for (auto [low, high] : functions[which].ranges) {
      for (int i = 0; i < count; ++i)
        x[i] = static_cast<float>(low + (static_cast<double>(high) - low) * i / (count - 1));
      NW_DISPATCH(isa, evaluate)(which, x.data(), y.data(), count);
      for (int i = 0; i < count; ++i) {
        const double error = ulp_error(y[i], functions[which].exact(x[i]));
        if (error > worst) worst = error, worst_at = x[i];
      }
    }
    std::printf("%s %s: %.2f ulp at %g\n", isa_name(isa), functions[which].name, worst, worst_at);
    expect(worst <= functions[which].tolerance_ulp, isa_name(isa), functions[which].name);
  }
}

static void check_limits(Isa isa) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const float x[] = {-inf, inf, nan, 0.0f, -0.0f, -1.0f};
  const float expected[4][6] = {{0, inf, nan, 1, 1, std::exp(-1.0f)},
                                {nan, inf, nan, -inf, -inf, nan},
                                {-1, 1, nan, 0, -0.0f, std::tanh(-1.0f)},
                                {0, 1, nan, 0.5f, 0.5f, 1 / (1 + std::exp(1.0f))}};
  for (int which = 0; which < 4; ++which) {
    float y[6];
    NW_DISPATCH(isa, evaluate)(which, x, y, 6);
    for (int i = 0; i < 6; ++i) {
      const bool same = std::isnan(expected[which][i])
                            ? std::isnan(y[i])
                            : y[i] == expected[which][i] || std::fabs(y[i] - expected[which][i]) < 1e-6f;
      if (!same) std::printf("function %d of %g is %g, expected %g\n", which, x[i], y[i], expected[which][i]);
      expect(same, isa_name(isa), "limits");
    }
  }
}

static int run() {
  for (Isa isa : supported_isas()) {
    expect(NW_DISPATCH(isa, partial_error)() == -1, isa_name(isa), "partial loads and stores");
    expect(!NW_DISPATCH(isa, order_error)(), isa_name(isa), "comparisons and rounding");
    check_functions(isa);
    check_limits(isa);
  }
  for (Isa isa : supported_isas()) {
    setenv("NETWRIGHT_ISA", isa_name(isa), 1);
    expect(active_isa() == isa, isa_name(isa), "NETWRIGHT_ISA forces it");
  }
  setenv("NETWRIGHT_ISA", "sse9", 1);
  try {
    active_isa();
    expect(false, "sse9", "an unknown instruction set is refused");
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
  }
  return checks.report();
}

}  // namespace netwright

int main() { return netwright::run(); }
#endif
