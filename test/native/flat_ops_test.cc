// Elementwise, channelwise and normalising ops, softmax, losses and dropout against plain loops in double precision.
#include "op_harness.h"

#include "core/rng.h"

using namespace netwright;
using namespace netwright::test;

namespace {

// Around every vector width and block, and once large enough for several threads.
const std::vector<int64_t> kSizes = {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 1023, 1024, 1025, 400001};
const std::vector<int64_t> kChannels = {1, 2, 3, 5, 8, 15, 16, 17, 33, 64, 127, 128, 130};

using Scalar = std::function<double(double, double)>;

void check_map(const char* op, size_t inputs, const Scalar& f, float low = -2, float high = 2,
               const std::map<std::string, Attribute>& attributes = {}) {
  for (int64_t size : kSizes) {
    Case test = make_case(op, std::vector<Tensor>(inputs, plain({size})), {plain({size})}, attributes, low, high);
    for (int64_t i = 0; i < size; ++i) test.expected[0][i] = f(test.in[0][i], inputs > 1 ? test.in[1][i] : 0);
    check_case(test);
  }
}

void check_elementwise() {
  check_map("relu", 1, [](double x, double) { return x > 0 ? x : 0; });
  check_map("relu_grad", 2, [](double dy, double y) { return y > 0 ? dy : 0; });
  check_map(
      "sigmoid", 1, [](double x, double) { return 1 / (1 + std::exp(-x)); }, -20, 20);
  check_map("sigmoid_grad", 2, [](double dy, double y) { return dy * y * (1 - y); });
  check_map(
      "tanh", 1, [](double x, double) { return std::tanh(x); }, -5, 5);
  check_map("tanh_grad", 2, [](double dy, double y) { return dy * (1 - y * y); });
  check_map(
      "exp", 1, [](double x, double) { return std::exp(x); }, -20, 20);
  check_map(
      "log", 1, [](double x, double) { return std::log(x); }, 1e-6f, 50);
  check_map("affine", 1, [](double x, double) { return 1.5 * x - 0.25; }, -2, 2, {{"scale", 1.5}, {"offset", -0.25}});
  check_map("add", 2, [](double a, double b) { return a + b; });
  check_map("subtract", 2, [](double a, double b) { return a - b; });
  check_map("multiply", 2, [](double a, double b) { return a * b; });
  check_map(
      "divide", 2, [](double a, double b) { return a / b; }, 0.5f, 2);
}

void check_limits() {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {infinity, -infinity, nan, 0.0f, -0.0f, 1e-40f, 3e38f};
  const std::vector<std::pair<const char*, Scalar>> functions = {
      {"relu", [](double v, double) { return v < 0 ? 0 : v; }},
      {"exp", [](double v, double) { return static_cast<double>(static_cast<float>(std::exp(v))); }},
      {"log", [](double v, double) { return std::log(v); }},
      {"tanh", [](double v, double) { return std::tanh(v); }},
      {"sigmoid", [](double v, double) { return 1 / (1 + std::exp(-v)); }}};
  for (const auto& [op, f] : functions) {
    const int64_t size = static_cast<int64_t>(x.size());
    Case test = make_case(op, {plain({size})}, {plain({size})});
    test.in[0] = x;
    for (size_t i = 0; i < x.size(); ++i) test.expected[0][i] = f(x[i], 0);
    check_case(test);
  }
}

// [n, c], [n, c, h, w] and one large enough for threads: all are rows of c.
std::vector<Tensor> row_shapes(int64_t c) {
  return {plain({1, c}), plain({7, c}), image(2, c, 3, 5), image(3, c, 16, 17), plain({300000 / c + 1, c})};
}

void check_channelwise() {
  const std::vector<std::tuple<const char*, size_t, std::function<double(double, double, double)>>> ops = {
      {"standardize", 2, [](double x, double m, double d) { return (x - m) / d; }},
      {"unstandardize", 2, [](double x, double m, double d) { return x * d + m; }},
      {"channel_multiply", 1, [](double x, double s, double) { return x * s; }},
      {"channel_divide", 1, [](double x, double s, double) { return x / s; }}};
  for (const auto& [op, operands, f] : ops)
    for (int64_t c : kChannels)
      for (const Tensor& shape : row_shapes(c)) {
        std::vector<Tensor> in(1 + operands, plain({c}));
        in[0] = shape;
        Case test = make_case(op, in, {shape}, {}, 0.5f, 2);
        for (int64_t i = 0; i < shape.count(); ++i)
          test.expected[0][i] = f(test.in[0][i], test.in[1][i % c], test.in.back()[i % c]);
        check_case(test);
      }
}

struct Moments {
  std::vector<double> mean, squares;
};

Moments moments(const std::vector<float>& x, int64_t c) {
  const int64_t rows = static_cast<int64_t>(x.size()) / c;
  Moments result{std::vector<double>(c), std::vector<double>(c)};
  for (size_t i = 0; i < x.size(); ++i) result.mean[i % c] += x[i] / static_cast<double>(rows);
  for (size_t i = 0; i < x.size(); ++i) result.squares[i % c] += std::pow(x[i] - result.mean[i % c], 2);
  return result;
}

void check_batch_norm(int64_t c, const Tensor& shape, float low, float high) {
  const double epsilon = 1e-5;
  const int64_t count = shape.count();
  const double rows = static_cast<double>(count / c);
  const Tensor vector = plain({c});
  Case forward =
      make_case("batch_norm", {shape, vector, vector}, {shape, vector, vector, vector}, {{"epsilon", epsilon}});
  forward.in[0] = random_values(count, low, high);
  const Moments m = moments(forward.in[0], c);
  for (int64_t j = 0; j < c; ++j) {
    forward.expected[1][j] = m.mean[j];
    forward.expected[2][j] = 1 / std::sqrt(m.squares[j] / rows + epsilon);
    forward.expected[3][j] = m.squares[j] / (rows - 1);
  }
  for (int64_t i = 0; i < count; ++i)
    forward.expected[0][i] =
        (forward.in[0][i] - m.mean[i % c]) * forward.expected[2][i % c] * forward.in[1][i % c] + forward.in[2][i % c];
  forward.tolerance = 1e-5 * std::fmax(1.0, std::fabs(low));
  check_case(forward);

  Case inference = make_case("batch_norm_inference", {shape, vector, vector, vector, vector}, {shape},
                             {{"epsilon", epsilon}}, 0.5f, 2);
  for (int64_t i = 0; i < count; ++i)
    inference.expected[0][i] = (inference.in[0][i] - inference.in[3][i % c]) /
                                   std::sqrt(inference.in[4][i % c] + epsilon) * inference.in[1][i % c] +
                               inference.in[2][i % c];
  check_case(inference);

  Case backward = make_case("batch_norm_grad", {shape, shape, vector, vector, vector}, {shape, vector, vector});
  backward.in[1] = forward.in[0];
  std::vector<double> sum(c), products(c);
  for (int64_t j = 0; j < c; ++j) {
    backward.in[3][j] = static_cast<float>(m.mean[j]);
    backward.in[4][j] = static_cast<float>(forward.expected[2][j]);
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t j = i % c;
    sum[j] += backward.in[0][i];
    products[j] += backward.in[0][i] * (static_cast<double>(backward.in[1][i]) - backward.in[3][j]) * backward.in[4][j];
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t j = i % c;
    const double normal = (static_cast<double>(backward.in[1][i]) - backward.in[3][j]) * backward.in[4][j];
    backward.expected[0][i] = backward.in[2][j] * static_cast<double>(backward.in[4][j]) *
                              (backward.in[0][i] - sum[j] / rows - normal * products[j] / rows);
  }
  backward.expected[1] = products;
  backward.expected[2] = sum;
  backward.tolerance = 2e-6 * std::sqrt(rows) + 1e-5;
  check_case(backward);
}

void check_running_average() {
  for (int64_t c : kChannels) {
    Case test = make_case("running_average", {plain({c}), plain({c})}, {plain({c})}, {{"momentum", 0.1}});
    for (int64_t i = 0; i < c; ++i) test.expected[0][i] = 0.9 * test.in[0][i] + 0.1 * test.in[1][i];
    check_case(test);
  }
}

void check_dropout() {
  for (int64_t size : kSizes)
    for (double rate : {0.0, 0.3, 0.999}) {
      const uint32_t stream = fnv1a("dropout");
      Case test = make_case("dropout", {plain({size})}, {plain({size})},
                            {{"rate", rate}, {"stream", static_cast<double>(stream)}});
      test.seed = 0x123456789abcdull;
      test.step = 41;
      for (int64_t i = 0; i < size; ++i) {
        const bool kept = uniform_of_word(random_word(test.seed, stream, test.step, static_cast<uint64_t>(i))) >= rate;
        test.expected[0][i] = kept ? test.in[0][i] / (1 - rate) : 0;
      }
      check_case(test);
    }
}

// exp(x - max) and its sum for one row.
double softmax_row(const float* x, int64_t c, std::vector<double>& y) {
  double maximum = x[0], sum = 0;
  for (int64_t j = 1; j < c; ++j) maximum = x[j] > maximum ? x[j] : maximum;
  for (int64_t j = 0; j < c; ++j) {
    y[j] = std::exp(x[j] - maximum);
    sum += y[j];
  }
  for (int64_t j = 0; j < c; ++j) y[j] /= sum;
  return maximum + std::log(sum);
}

void check_rows(int64_t n, int64_t c, float spread) {
  const Tensor shape = plain({n, c}), scalar = plain({});
  Case softmax = make_case("softmax", {shape}, {shape}, {}, -spread, spread);
  Case gradient = make_case("softmax_grad", {shape, shape}, {shape});
  Case loss = make_case("softmax_cross_entropy", {shape, shape}, {scalar}, {}, 0, 1);
  Case loss_gradient = make_case("softmax_cross_entropy_grad", {scalar, shape, shape}, {shape}, {}, 0, 1);
  Case accuracy = make_case("accuracy", {shape, shape}, {scalar});
  loss.in[0] = loss_gradient.in[1] = softmax.in[0];
  for (float& share : loss.in[1]) share = share < 0.3f ? 0 : share / static_cast<float>(c);
  loss_gradient.in[2] = loss.in[1];
  std::vector<double> y(c);
  int64_t hits = 0;
  for (int64_t row = 0; row < n; ++row) {
    const int64_t at = row * c;
    const double log_sum = softmax_row(&softmax.in[0][at], c, y);
    double product = 0, weight = 0;
    int64_t best = 0, target = 0;
    for (int64_t j = 0; j < c; ++j) {
      softmax.expected[0][at + j] = y[j];
      product += static_cast<double>(gradient.in[0][at + j]) * gradient.in[1][at + j];
      weight += loss.in[1][at + j];
      loss.expected[0][0] += loss.in[1][at + j] * (log_sum - softmax.in[0][at + j]) / static_cast<double>(n);
      if (accuracy.in[0][at + j] > accuracy.in[0][at + best]) best = j;
      if (accuracy.in[1][at + j] > accuracy.in[1][at + target]) target = j;
    }
    hits += best == target;
    for (int64_t j = 0; j < c; ++j) {
      gradient.expected[0][at + j] = gradient.in[1][at + j] * (gradient.in[0][at + j] - product);
      loss_gradient.expected[0][at + j] =
          loss_gradient.in[0][0] / static_cast<double>(n) * (y[j] * weight - loss.in[1][at + j]);
    }
  }
  accuracy.expected[0][0] = static_cast<double>(hits) / static_cast<double>(n);
  gradient.tolerance = 4e-6 * std::sqrt(static_cast<double>(c)) * 2;
  for (const Case* test : {&softmax, &gradient, &loss, &loss_gradient, &accuracy}) check_case(*test);
}

void check_element_losses(const Tensor& shape) {
  const Tensor scalar = plain({});
  const int64_t count = shape.count();
  Case squared = make_case("mean_squared_error", {shape, shape}, {scalar});
  Case absolute = make_case("mean_absolute_error", {shape, shape}, {scalar});
  Case gradient = make_case("mean_squared_error_grad", {scalar, shape, shape}, {shape});
  for (int64_t i = 0; i < count; ++i) {
    squared.expected[0][0] += std::pow(static_cast<double>(squared.in[0][i]) - squared.in[1][i], 2) / count;
    absolute.expected[0][0] += std::fabs(static_cast<double>(absolute.in[0][i]) - absolute.in[1][i]) / count;
    gradient.expected[0][i] =
        2.0 * gradient.in[0][0] / count * (static_cast<double>(gradient.in[1][i]) - gradient.in[2][i]);
  }
  for (const Case* test : {&squared, &absolute, &gradient}) check_case(*test);
}

void check_gaussian(int64_t n, int64_t t) {
  const Tensor shape = plain({n, t}), scalar = plain({});
  Case loss = make_case("gaussian_nll", {shape, shape, shape}, {scalar});
  Case gradient = make_case("gaussian_nll_grad", {scalar, shape, shape, shape}, {shape, shape});
  for (int64_t i = 0; i < n * t; ++i) {
    const double error = static_cast<double>(loss.in[2][i]) - loss.in[0][i], log_variance = loss.in[1][i];
    loss.expected[0][0] +=
        0.5 * (std::log(2 * 3.14159265358979323846) + log_variance + error * error * std::exp(-log_variance)) / n;
    const double miss = static_cast<double>(gradient.in[1][i]) - gradient.in[3][i];
    const double precision = std::exp(-static_cast<double>(gradient.in[2][i]));
    gradient.expected[0][i] = gradient.in[0][0] / static_cast<double>(n) * miss * precision;
    gradient.expected[1][i] = gradient.in[0][0] / static_cast<double>(n) * 0.5 * (1 - miss * miss * precision);
  }
  check_case(loss);
  check_case(gradient);
}

}  // namespace

int main() {
  check_elementwise();
  check_limits();
  check_channelwise();
  for (int64_t c : kChannels)
    for (const Tensor& shape : row_shapes(c))
      if (shape.count() > c) check_batch_norm(c, shape, -2, 2);
  check_batch_norm(3, image(2, 3, 20, 20), 1000, 1002);
  check_running_average();
  check_dropout();
  for (int64_t c : {1, 2, 3, 4, 5, 8, 9, 10, 16, 17, 33, 100}) {
    for (int64_t n : {1, 7, 65}) check_rows(n, c, 3);
    check_gaussian(7, c);
  }
  check_rows(3000, 10, 50);
  check_gaussian(20000, 3);
  for (int64_t size : kSizes) check_element_losses(plain({size}));
  check_element_losses(image(2, 3, 4, 5));
  return checks.report();
}
