// Optimizers, all_finite, gradient_norm and constant against plain loops in double precision.
#include "op_harness.h"

using namespace netwright;
using namespace netwright::test;

namespace {

const std::vector<int64_t> kSizes = {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 1023, 1024, 1025, 250001};
constexpr double kLearningRate = 0.015625;

// params, grads and `slots` slots of positive numbers.
Case optimizer_case(const char* op, int64_t size, size_t slots, uint64_t step,
                    const std::map<std::string, Attribute>& attributes) {
  Case test = make_case(op, std::vector<Tensor>(2 + slots, plain({size})),
                        std::vector<Tensor>(1 + slots, plain({size})), attributes);
  for (size_t slot = 2; slot < test.in.size(); ++slot) test.in[slot] = random_values(size, 4, 6);
  test.step = step;
  test.learning_rate = static_cast<float>(kLearningRate);
  test.tolerance = 1e-5;
  return test;
}

void check_sgd(int64_t size, uint64_t step, double momentum, double dampening, bool nesterov, double decay) {
  Case test = optimizer_case(
      "sgd", size, momentum != 0 ? 1 : 0, step,
      {{"momentum", momentum}, {"dampening", dampening}, {"nesterov", nesterov}, {"weightDecay", decay}});
  for (int64_t i = 0; i < size; ++i) {
    const double p = test.in[0][i];
    double g = test.in[1][i] + decay * p;
    if (momentum != 0) {
      const double v = step == 0 ? g : momentum * test.in[2][i] + (1 - dampening) * g;
      test.expected[1][i] = v;
      g = nesterov ? g + momentum * v : v;
    }
    test.expected[0][i] = p - kLearningRate * g;
  }
  check_case(test);
}

void check_rmsprop(int64_t size, double momentum, bool centered, double decay) {
  const double alpha = 0.9, epsilon = 1e-3;
  const size_t slots = 1 + (centered ? 1 : 0) + (momentum != 0 ? 1 : 0);
  Case test = optimizer_case(
      "rmsprop", size, slots, 3,
      {{"alpha", alpha}, {"epsilon", epsilon}, {"momentum", momentum}, {"centered", centered}, {"weightDecay", decay}});
  // Averages whose variance is well above zero.
  if (centered) test.in[3] = random_values(size, -1, 1);
  for (int64_t i = 0; i < size; ++i) {
    const double p = test.in[0][i], g = test.in[1][i] + decay * p;
    const double square = test.expected[1][i] = alpha * test.in[2][i] + (1 - alpha) * g * g;
    double variance = square;
    if (centered) {
      const double average = test.expected[2][i] = alpha * test.in[3][i] + (1 - alpha) * g;
      variance -= average * average;
    }
    double direction = g / (std::sqrt(variance) + epsilon);
    if (momentum != 0) direction = test.expected.back()[i] = momentum * test.in.back()[i] + direction;
    test.expected[0][i] = p - kLearningRate * direction;
  }
  check_case(test);
}

void check_adam(int64_t size, uint64_t step, double decay, bool decoupled) {
  const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  Case test = optimizer_case(
      "adam", size, 2, step,
      {{"beta1", beta1}, {"beta2", beta2}, {"epsilon", epsilon}, {"weightDecay", decay}, {"decoupled", decoupled}});
  const double t = static_cast<double>(step) + 1;
  for (int64_t i = 0; i < size; ++i) {
    double p = test.in[0][i], g = test.in[1][i];
    if (decoupled)
      p *= 1 - kLearningRate * decay;
    else
      g += decay * p;
    const double m = test.expected[1][i] = beta1 * test.in[2][i] + (1 - beta1) * g;
    const double v = test.expected[2][i] = beta2 * test.in[3][i] + (1 - beta2) * g * g;
    test.expected[0][i] =
        p - kLearningRate / (1 - std::pow(beta1, t)) * m / (std::sqrt(v) / std::sqrt(1 - std::pow(beta2, t)) + epsilon);
  }
  check_case(test);
}

// With clipping an optimizer does to its gradients, bit for bit, what it does without to the scaled ones.
void check_clipping(const char* op, size_t slots, const std::map<std::string, Attribute>& attributes) {
  for (int64_t size : kSizes)
    for (float norm : {0.0f, 3.0f, 4.0f, 16.0f, std::numeric_limits<float>::infinity()}) {
      Case plain_case = optimizer_case(op, size, slots, 2, attributes);
      Case clipped = plain_case;
      clipped.node.in.push_back(plain({}));
      clipped.node.attributes.values["clipNorm"] = 4.0;
      clipped.in.push_back({norm});
      const float factor = norm <= 3 ? 1 : static_cast<float>(4 / (norm + 1e-6));
      for (float& gradient : plain_case.in[1]) gradient *= factor;
      bool non_finite = false, kept = false;
      for (Isa isa : supported_isas())
        for (int threads : {1, 3})
          report(same_bits(run_node(clipped, isa, threads, {-1, -1}, non_finite, kept),
                           run_node(plain_case, isa, 1, {-1, -1}, non_finite, kept)),
                 text(op, " of ", size, " on ", isa_name(isa), ": clips norm ", norm, " to something else"));
    }
}

void check_gradient_norm() {
  const float infinity = std::numeric_limits<float>::infinity();
  for (int64_t size : kSizes) {
    // The squares of the larger ones leave float32.
    for (float scale : {1.0f, 1e25f}) {
      Case good = make_case("gradient_norm", {plain({size})}, {plain({})}, {}, -scale, scale);
      double sum = 0;
      for (float value : good.in[0]) sum += static_cast<double>(value) * value;
      good.expected[0][0] = std::sqrt(sum);
      check_case(good);
    }
    for (int64_t where : {int64_t{0}, size / 2, size - 1})
      for (float value : {std::numeric_limits<float>::quiet_NaN(), -infinity}) {
        Case bad = make_case("gradient_norm", {plain({size})}, {plain({})});
        bad.in[0][where] = value;
        bad.expected[0][0] = std::fabs(value);
        bad.non_finite = true;
        check_case(bad);
      }
  }
  Case huge = make_case("gradient_norm", {plain({1025})}, {plain({})}, {}, 3e38f, 3.1e38f);
  huge.expected[0][0] = infinity;
  check_case(huge);
}

// Zero gradients and slots, as in the gaps between the parameters of an arena, leave a parameter alone.
void check_gap() {
  Case test =
      optimizer_case("adam", 32, 2, 0,
                     {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"weightDecay", 0.0}, {"decoupled", false}});
  for (std::vector<float>& values : test.in) std::fill(values.begin(), values.end(), 0.0f);
  check_case(test);
}

// A parameter that leaves the finite numbers is noticed wherever it stands.
void check_non_finite(const char* op, size_t slots, const std::map<std::string, Attribute>& attributes) {
  for (int64_t size : {1, 17, 1025, 250001})
    for (int64_t where : {int64_t{0}, size / 2, size - 1})
      for (float gradient : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        Case test = optimizer_case(op, size, slots, 0, attributes);
        test.in[1][where] = gradient;
        bool non_finite = false, kept = false;
        for (Isa isa : supported_isas())
          for (int threads : {1, 3}) {
            run_node(test, isa, threads, {-1, -1}, non_finite, kept);
            report(non_finite, text(op, " of ", size, " on ", isa_name(isa), ": missed ", gradient, " at ", where));
          }
      }
}

void check_all_finite() {
  for (int64_t size : kSizes) {
    Case good = make_case("all_finite", {plain({}), plain({size}), plain({size})}, {}, {}, -1e38f, 1e38f);
    check_case(good);
    for (int64_t where : {int64_t{0}, size / 2, size - 1})
      for (float value : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
        Case bad = good;
        bad.in[2][where] = value;
        bad.non_finite = true;
        check_case(bad);
      }
    Case loss = good;
    loss.in[0][0] = std::numeric_limits<float>::infinity();
    loss.non_finite = true;
    check_case(loss);
  }
}

void check_constant() {
  Case test = make_case("constant", {}, {plain({})}, {{"value", 2.5}});
  test.expected[0][0] = 2.5;
  check_case(test);
}

}  // namespace

int main() {
  for (int64_t size : kSizes)
    for (double decay : {0.0, 0.01}) {
      for (uint64_t step : {0, 5}) {
        check_sgd(size, step, 0, 0, false, decay);
        check_sgd(size, step, 0.9, 0, false, decay);
        check_sgd(size, step, 0.9, 0.25, false, decay);
        check_sgd(size, step, 0.9, 0, true, decay);
        check_adam(size, step, decay, false);
        check_adam(size, step, decay, true);
      }
      for (double momentum : {0.0, 0.9})
        for (bool centered : {false, true}) check_rmsprop(size, momentum, centered, decay);
    }
  check_gap();
  check_non_finite("sgd", 0, {{"momentum", 0.0}, {"dampening", 0.0}, {"nesterov", false}, {"weightDecay", 0.0}});
  check_non_finite("sgd", 1, {{"momentum", 0.9}, {"dampening", 0.0}, {"nesterov", false}, {"weightDecay", 0.0}});
  check_non_finite("rmsprop", 1,
                   {{"alpha", 0.9}, {"epsilon", 1e-8}, {"momentum", 0.0}, {"centered", false}, {"weightDecay", 0.0}});
  check_non_finite("adam", 2,
                   {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"weightDecay", 0.0}, {"decoupled", true}});
  check_clipping("sgd", 0, {{"momentum", 0.0}, {"dampening", 0.0}, {"nesterov", false}, {"weightDecay", 0.0}});
  check_clipping("sgd", 1, {{"momentum", 0.9}, {"dampening", 0.0}, {"nesterov", true}, {"weightDecay", 0.0}});
  for (bool centered : {false, true})
    for (double momentum : {0.0, 0.9})
      check_clipping(
          "rmsprop", 1u + centered + (momentum != 0),
          {{"alpha", 0.9}, {"epsilon", 1e-8}, {"momentum", momentum}, {"centered", centered}, {"weightDecay", 0.0}});
  check_clipping("adam", 2,
                 {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"weightDecay", 0.0}, {"decoupled", false}});
  check_all_finite();
  check_gradient_norm();
  check_constant();
  return checks.report();
}
