// Pooling, flatten, concat, slice and one_hot against plain loops in double precision.
#include "op_harness.h"

using namespace netwright;
using namespace netwright::test;

namespace {

struct Geometry {
  int64_t n, c, h, w, kh, kw, sh, sw, top, left, bottom, right;

  int64_t oh() const { return (h + top + bottom - kh) / sh + 1; }
  int64_t ow() const { return (w + left + right - kw) / sw + 1; }
  Tensor x() const { return image(n, c, h, w); }
  Tensor y() const { return image(n, c, oh(), ow()); }
  int64_t at(int64_t in, int64_t ic, int64_t iy, int64_t ix) const { return ((in * h + iy) * w + ix) * c + ic; }
  std::map<std::string, Attribute> attributes() const {
    auto list = [](std::vector<int64_t> v) { return std::vector<double>(v.begin(), v.end()); };
    return {{"kernel", list({kh, kw})}, {"stride", list({sh, sw})}, {"padding", list({top, left, bottom, right})}};
  }
  std::vector<double> input_shape() const {
    return {static_cast<double>(c), static_cast<double>(h), static_cast<double>(w)};
  }
  // Indexes into x of the real pixels of the window of output element `out`, in row-major order.
  std::vector<int64_t> window(int64_t out) const {
    const int64_t ic = out % c, ox = out / c % ow(), oy = out / c / ow() % oh(), in = out / c / ow() / oh();
    std::vector<int64_t> pixels;
    for (int64_t iy = oy * sh - top; iy < oy * sh - top + kh; ++iy)
      for (int64_t ix = ox * sw - left; ix < ox * sw - left + kw; ++ix)
        if (iy >= 0 && iy < h && ix >= 0 && ix < w) pixels.push_back(at(in, ic, iy, ix));
    return pixels;
  }
};

// `levels`: few different values, so that windows have several maxima.
void check_max_pool(const Geometry& g, bool levels) {
  Case forward = make_case("max_pool2d", {g.x()}, {g.y()}, g.attributes());
  if (levels)
    for (float& value : forward.in[0]) value = std::round(value);
  Case backward = make_case("max_pool2d_grad", {g.y(), g.x(), g.y()}, {g.x()}, g.attributes());
  backward.in[1] = forward.in[0];
  for (int64_t out = 0; out < g.y().count(); ++out) {
    const std::vector<int64_t> window = g.window(out);
    int64_t best = window[0];
    for (int64_t at : window)
      if (forward.in[0][at] > forward.in[0][best]) best = at;
    forward.expected[0][out] = backward.in[2][out] = forward.in[0][best];
    backward.expected[0][best] += backward.in[0][out];
  }
  check_case(forward);
  check_case(backward);
}

void check_average_pool(const Geometry& g, bool include_padding) {
  auto attributes = g.attributes();
  attributes["countIncludePad"] = include_padding;
  Case forward = make_case("average_pool2d", {g.x()}, {g.y()}, attributes);
  attributes["inputShape"] = g.input_shape();
  Case backward = make_case("average_pool2d_grad", {g.y()}, {g.x()}, attributes);
  for (int64_t out = 0; out < g.y().count(); ++out) {
    const std::vector<int64_t> window = g.window(out);
    const double size = include_padding ? static_cast<double>(g.kh * g.kw) : static_cast<double>(window.size());
    for (int64_t at : window) {
      forward.expected[0][out] += forward.in[0][at] / size;
      backward.expected[0][at] += backward.in[0][out] / size;
    }
  }
  check_case(forward);
  check_case(backward);
}

void check_global_average(const Geometry& g) {
  Case forward = make_case("global_average_pool2d", {g.x()}, {plain({g.n, g.c})});
  Case backward =
      make_case("global_average_pool2d_grad", {plain({g.n, g.c})}, {g.x()}, {{"inputShape", g.input_shape()}});
  const double pixels = static_cast<double>(g.h * g.w);
  for (int64_t i = 0; i < g.x().count(); ++i) {
    const int64_t pooled = i / (g.h * g.w * g.c) * g.c + i % g.c;
    forward.expected[0][pooled] += forward.in[0][i] / pixels;
    backward.expected[0][i] = backward.in[0][pooled] / pixels;
  }
  check_case(forward);
  check_case(backward);
}

void check_pooling() {
  for (int64_t c : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 32, 33})
    for (const Geometry& g : std::vector<Geometry>{{2, c, 4, 6, 2, 2, 2, 2, 0, 0, 0, 0},
                                                   {2, c, 5, 7, 2, 2, 2, 2, 0, 0, 0, 0},
                                                   {1, c, 5, 7, 2, 2, 2, 2, 0, 0, 1, 1},
                                                   {2, c, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1},
                                                   {1, c, 6, 5, 3, 2, 1, 1, 2, 0, 1, 1},
                                                   {1, c, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
                                                   {1, c, 1, 9, 2, 3, 5, 4, 1, 2, 1, 0},
                                                   {3, c, 4, 4, 4, 4, 1, 1, 0, 0, 0, 0}}) {
      check_max_pool(g, false);
      check_max_pool(g, true);
      check_average_pool(g, false);
      check_average_pool(g, true);
      check_global_average(g);
    }
  const Geometry large{9, 20, 40, 41, 3, 3, 2, 2, 1, 1, 1, 1}, halves{9, 20, 40, 41, 2, 2, 2, 2, 0, 0, 0, 0};
  for (const Geometry& g : {large, halves}) {
    check_max_pool(g, true);
    check_average_pool(g, false);
    check_global_average(g);
  }
}

// A NaN in a window wins, wherever it stands, and takes the gradient.
void check_max_pool_of_nan() {
  for (int64_t stride : {1, 2})
    for (int64_t where = 0; where < 4; ++where) {
      const Geometry g{1, 5, 2, 2, 2, 2, stride, stride, 0, 0, 0, 0};
      Case forward = make_case("max_pool2d", {g.x()}, {g.y()}, g.attributes());
      Case backward = make_case("max_pool2d_grad", {g.y(), g.x(), g.y()}, {g.x()}, g.attributes());
      for (int64_t c = 0; c < g.c; ++c) {
        forward.in[0][where * g.c + c] = std::numeric_limits<float>::quiet_NaN();
        forward.expected[0][c] = backward.in[2][c] = std::numeric_limits<float>::quiet_NaN();
        backward.expected[0][where * g.c + c] = backward.in[0][c];
      }
      backward.in[1] = forward.in[0];
      check_case(forward);
      check_case(backward);
    }
}

void check_flatten(int64_t n, int64_t c, int64_t h, int64_t w) {
  const Tensor x = image(n, c, h, w), flat = plain({n, c * h * w});
  const std::vector<double> shape = {static_cast<double>(c), static_cast<double>(h), static_cast<double>(w)};
  Case flatten = make_case("flatten", {x}, {flat}), unflatten = make_case("unflatten", {flat}, {x}, {{"shape", shape}});
  for (int64_t in = 0; in < n; ++in)
    for (int64_t ic = 0; ic < c; ++ic)
      for (int64_t pixel = 0; pixel < h * w; ++pixel) {
        const int64_t at = (in * h * w + pixel) * c + ic, to = (in * c + ic) * h * w + pixel;
        flatten.expected[0][to] = flatten.in[0][at];
        unflatten.expected[0][at] = unflatten.in[0][to];
      }
  check_case(flatten);
  check_case(unflatten);
}

// `shape`: a value with one channel; its channels are replaced.
void check_concat(const Tensor& shape, const std::vector<int64_t>& parts) {
  auto with_channels = [&shape](int64_t channels) {
    Tensor result = shape;
    result.shape[1] = channels;
    return result;
  };
  int64_t total = 0;
  std::vector<Tensor> in;
  for (int64_t part : parts) {
    total += part;
    in.push_back(with_channels(part));
  }
  const int64_t rows = shape.count();
  Case concat = make_case("concat", in, {with_channels(total)});
  int64_t start = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const double from = static_cast<double>(start), to = static_cast<double>(start + parts[i]);
    Case slice = make_case("slice", {with_channels(total)}, {in[i]}, {{"start", from}, {"end", to}});
    Case gradient = make_case("slice_grad", {in[i]}, {with_channels(total)},
                              {{"start", from}, {"channels", static_cast<double>(total)}});
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t j = 0; j < parts[i]; ++j) {
        const int64_t wide = row * total + start + j, narrow = row * parts[i] + j;
        concat.expected[0][wide] = concat.in[i][narrow];
        slice.expected[0][narrow] = slice.in[0][wide];
        gradient.expected[0][wide] = gradient.in[0][narrow];
      }
    check_case(slice);
    check_case(gradient);
    start += parts[i];
  }
  check_case(concat);
}

void check_one_hot(int64_t n, int64_t classes) {
  Case test = make_case("one_hot", {{DType::int32, Storage::plain, {n}}}, {plain({n, classes})},
                        {{"classes", static_cast<double>(classes)}});
  const std::vector<int32_t> strange = {-1, INT32_MIN, INT32_MAX, static_cast<int32_t>(classes)};
  for (int64_t row = 0; row < n; ++row) {
    const bool outside = row % 5 == 4;
    const int32_t index = outside ? strange[static_cast<size_t>(row / 5 % 4)] : static_cast<int32_t>(row % classes);
    std::memcpy(&test.in[0][row], &index, sizeof index);
    for (int64_t j = 0; j < classes; ++j) test.expected[0][row * classes + j] = outside ? std::nan("") : j == index;
  }
  check_case(test);
}

}  // namespace

int main() {
  check_pooling();
  check_max_pool_of_nan();
  for (int64_t c : {1, 2, 3, 15, 16, 17, 40})
    for (int64_t h : {1, 3, 4, 17}) check_flatten(2, c, h, h == 1 ? 1 : h + 1);
  check_flatten(50, 33, 20, 21);
  for (const Tensor& shape : {plain({1, 1}), plain({5, 1}), image(2, 1, 3, 4), plain({30000, 1})})
    for (const std::vector<int64_t>& parts :
         std::vector<std::vector<int64_t>>{{1}, {3, 1}, {16, 5, 17}, {2, 15, 16, 1}})
      check_concat(shape, parts);
  for (int64_t classes : {1, 3, 10, 17, 33}) check_one_hot(23, classes);
  check_one_hot(40000, 10);
  return checks.report();
}
