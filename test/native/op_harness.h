// Runs one node on every instruction set with one, two and three threads, in place where that is legal, against
// expected values.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "allocations.h"
#include "started_workers.h"
#include "check.h"
#include "core/op.h"

namespace netwright::test {

struct Case {
  Node node;
  std::vector<std::vector<float>> in;         // one per input, in storage order; int32 inputs hold the bits
  std::vector<std::vector<double>> expected;  // one per output
  double tolerance = 4e-6;                    // of max(1, |expected|)
  uint64_t seed = 0;
  uint64_t step = 0;
  float learning_rate = 0;
  bool non_finite = false;  // expected of StepState
};

inline void report(bool holds, const std::string& what) { checks.add(holds, what, __FILE__, __LINE__); }

inline std::mt19937& generator() {
  static std::mt19937 engine(20240131);
  return engine;
}
inline float uniform(float low, float high) {
  return low + (high - low) * (static_cast<float>(generator()() >> 8) * 0x1p-24f);
}
inline std::vector<float> random_values(int64_t count, float low = -2, float high = 2) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(low, high);
  return values;
}

inline Tensor plain(std::vector<int64_t> shape) { return {DType::float32, Storage::plain, std::move(shape)}; }
inline Tensor image(int64_t n, int64_t c, int64_t h, int64_t w) {
  return {DType::float32, Storage::nhwc, {n, c, h, w}};
}

// A case whose inputs are random numbers of [low, high).
inline Case make_case(const char* op, std::vector<Tensor> in, std::vector<Tensor> out,
                      std::map<std::string, Attribute> attributes = {}, float low = -2, float high = 2) {
  Case result;
  result.node = {op, "layer", std::move(in), std::move(out), {std::move(attributes)}};
  for (const Tensor& tensor : result.node.in) result.in.push_back(random_values(tensor.count(), low, high));
  for (const Tensor& tensor : result.node.out) result.expected.emplace_back(static_cast<size_t>(tensor.count()));
  return result;
}

// Memory of exactly the size that a kernel may touch, so that a sanitizer sees every step outside.
class Buffer {
 public:
  explicit Buffer(size_t bytes) : data_(::operator new(bytes, std::align_val_t(64))) {
    std::memset(data_, 0xff, bytes);
  }
  ~Buffer() { ::operator delete(data_, std::align_val_t(64)); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  void* data() const { return data_; }

 private:
  void* data_;
};

using Outputs = std::vector<std::vector<float>>;

// `shared`: an (input, output) pair in one piece of memory, or {-1, -1}. Outputs and workspace start as NaN.
inline Outputs run_node(const Case& test, Isa isa, int threads, std::pair<int, int> shared, bool& non_finite,
                        bool& inputs_kept, const Bf16Tiles* bf16 = nullptr) {
  // Making threads anew for every run would take most of the time under an emulator, and be counted as allocations.
  static const std::shared_ptr<void> workers = started_workers(3);
  const OpDef& op = *find_op(test.node.op);
  op.verify(test.node);
  StepState state;
  state.seed = test.seed;
  state.step = test.step;
  state.learning_rate = test.learning_rate;
  ThreadLease lease(threads);
  Stream stream(state, lease);
  const BoundKernel kernel = op.bind(test.node, Target{isa, false, lease.threads(), bf16});
  std::vector<std::unique_ptr<Buffer>> buffers;
  std::vector<void*> in, out;
  for (const std::vector<float>& values : test.in) {
    buffers.push_back(std::make_unique<Buffer>(values.size() * sizeof(float)));
    if (!values.empty()) std::memcpy(buffers.back()->data(), values.data(), values.size() * sizeof(float));
    in.push_back(buffers.back()->data());
  }
  for (size_t i = 0; i < test.node.out.size(); ++i) {
    if (static_cast<int>(i) == shared.second) {
      out.push_back(in[static_cast<size_t>(shared.first)]);
      continue;
    }
    buffers.push_back(std::make_unique<Buffer>(static_cast<size_t>(test.node.out[i].count()) * sizeof(float)));
    out.push_back(buffers.back()->data());
  }
  const Buffer workspace(kernel.workspace_bytes);
  const Args args{in.data(), out.data(), workspace.data(), kernel.data.get()};
  const int64_t allocations = allocations_of([&] { kernel.run(args, stream); });
  if (allocations != 0) report(false, text(test.node.op, ": a step allocates ", allocations, " times"));
  non_finite = state.non_finite.load() != 0;
  inputs_kept = true;
  for (size_t i = 0; i < in.size(); ++i)
    if (static_cast<int>(i) != shared.first && !test.in[i].empty())
      inputs_kept = inputs_kept && std::memcmp(in[i], test.in[i].data(), test.in[i].size() * sizeof(float)) == 0;
  Outputs outputs;
  for (size_t i = 0; i < out.size(); ++i) {
    const float* values = static_cast<const float*>(out[i]);
    outputs.emplace_back(values, values + test.node.out[i].count());
  }
  return outputs;
}

inline bool same_bits(const Outputs& a, const Outputs& b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (!a[i].empty() && std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(float)) != 0) return false;
  return true;
}

// Empty when all outputs are close enough.
inline std::string difference(const Case& test, const Outputs& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i)
    for (size_t j = 0; j < outputs[i].size(); ++j) {
      const double expected = test.expected[i][j], found = outputs[i][j];
      const bool close = std::isfinite(expected)
                             ? std::fabs(found - expected) <= test.tolerance * std::fmax(1.0, std::fabs(expected))
                             : (std::isnan(expected) ? std::isnan(found) : found == expected);
      if (!close) return text("output ", i, "[", j, "] is ", found, ", expected ", expected);
    }
  return "";
}

inline std::string describe(const Node& node) {
  std::string result = node.op;
  for (const Tensor& tensor : node.in) result += " " + shape_text(tensor.shape);
  return result;
}

inline void check_case(const Case& test) {
  const OpDef* op = find_op(test.node.op);
  if (op == nullptr) return report(false, test.node.op + ": not registered");
  for (Isa isa : supported_isas()) {
    const std::string where = describe(test.node) + " on " + isa_name(isa);
    try {
      bool non_finite = false, inputs_kept = false;
      const Outputs first = run_node(test, isa, 1, {-1, -1}, non_finite, inputs_kept);
      const std::string wrong = difference(test, first);
      report(wrong.empty(), where + ": " + wrong);
      report(inputs_kept, where + ": changed an input");
      report(non_finite == test.non_finite, where + ": non_finite is " + (non_finite ? "set" : "not set"));
      for (int threads : {2, 3})
        report(same_bits(first, run_node(test, isa, threads, {-1, -1}, non_finite, inputs_kept)),
               text(where, ": other bits with ", threads, " threads"));
      for (const std::pair<int, int>& pair : op->in_place) {
        if (pair.first >= static_cast<int>(test.in.size())) continue;
        report(same_bits(first, run_node(test, isa, 2, pair, non_finite, inputs_kept)) && inputs_kept,
               text(where, ": other bits in place (", pair.first, ", ", pair.second, ")"));
      }
      if (op->is_alias != nullptr && op->is_alias(test.node))
        report(std::memcmp(first[0].data(), test.in[0].data(), first[0].size() * sizeof(float)) == 0,
               where + ": is not the alias that it claims to be");
    } catch (const std::exception& error) {
      report(false, where + ": threw " + error.what());
    }
  }
}

// verify must refuse the node with one of its own codes.
inline void check_refused(const Node& node, const std::string& why) {
  try {
    find_op(node.op)->verify(node);
    report(false, describe(node) + ": accepted " + why);
  } catch (const Error& error) {
    const bool expected = error.code() == "PLAN" || error.code() == "SHAPE";
    report(expected && std::string(error.what()).find(node.op) == 0, describe(node) + ", " + why + ": " + error.what());
  }
}

}  // namespace netwright::test
