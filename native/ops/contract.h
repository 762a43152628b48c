// What verify functions are made of: checks whose messages name the op, the layer, the expectation and all shapes.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/op.h"

namespace netwright {

// More elements than any machine holds, and few enough that sizes in bytes and sums of indexes cannot overflow.
constexpr int64_t kMaxTensorElements = int64_t{1} << 40;

inline std::string node_text(const Node& node) {
  return node.label.empty() ? node.op : text(node.op, " \"", node.label, "\"");
}

inline const char* storage_name(Storage storage) {
  return storage == Storage::plain ? "plain" : storage == Storage::nhwc ? "nhwc" : "hwio";
}

// `inputs [32, 8] and [8]; outputs [32, 8]`
inline std::string operands_text(const Node& node) {
  auto list = [](const std::vector<Tensor>& tensors) {
    std::string result = tensors.empty() ? " none" : "";
    for (size_t i = 0; i < tensors.size(); ++i) {
      result += (i == 0 ? " " : i + 1 == tensors.size() ? " and " : ", ") + shape_text(tensors[i].shape);
      if (tensors[i].storage != Storage::plain) result += text(" ", storage_name(tensors[i].storage));
      if (tensors[i].dtype != DType::float32) result += " int32";
    }
    return result;
  };
  return text("inputs", list(node.in), "; outputs", list(node.out));
}

// Throws SHAPE: `concat "join": expected equal batches (inputs [...] and [...]; outputs [...])`.
template <class... Parts>
void expect_shape(const Node& node, bool holds, const Parts&... parts) {
  if (!holds) throw Error("SHAPE", text(node_text(node), ": ", parts..., " (", operands_text(node), ")"));
}

// Throws PLAN, for what no user's model can cause: wrong storage, missing operands, bad attributes.
template <class... Parts>
void expect_plan(const Node& node, bool holds, const Parts&... parts) {
  if (!holds) throw Error("PLAN", text(node_text(node), ": ", parts..., " (", operands_text(node), ")"));
}

inline void expect_arity(const Node& node, size_t inputs, size_t outputs) {
  expect_plan(node, node.in.size() == inputs && node.out.size() == outputs, "expected ", inputs, " inputs and ",
              outputs, " outputs, found ", node.in.size(), " and ", node.out.size());
}

// Every dimension at least 1 and a number of elements that can be counted.
inline void expect_countable(const Node& node) {
  auto each = [&node](const std::vector<Tensor>& tensors) {
    for (const Tensor& tensor : tensors) {
      int64_t product = 1;
      for (int64_t dimension : tensor.shape) {
        expect_shape(node, dimension >= 1, "every dimension must be at least 1, found ", shape_text(tensor.shape));
        expect_shape(node, dimension <= kMaxTensorElements / product, "too many elements in ",
                     shape_text(tensor.shape));
        product *= dimension;
      }
    }
  };
  each(node.in);
  each(node.out);
}

inline void expect_float(const Node& node, const Tensor& tensor) {
  expect_plan(node, tensor.dtype == DType::float32, "expected float32, found int32 ", shape_text(tensor.shape));
}

// The usual beginning of a verify: so many operands, all float32, all countable.
inline void expect_operands(const Node& node, size_t inputs, size_t outputs) {
  expect_arity(node, inputs, outputs);
  expect_countable(node);
  for (const Tensor& tensor : node.in) expect_float(node, tensor);
  for (const Tensor& tensor : node.out) expect_float(node, tensor);
}

inline void expect_storage(const Node& node, const Tensor& tensor, Storage storage) {
  expect_plan(node, tensor.storage == storage, "expected ", storage_name(storage), " storage, found ",
              storage_name(tensor.storage), " ", shape_text(tensor.shape));
}

inline void expect_plain(const Node& node, const Tensor& tensor, int64_t rank) {
  expect_shape(node, tensor.rank() == rank, "expected rank ", rank, ", found ", shape_text(tensor.shape));
  expect_storage(node, tensor, Storage::plain);
}

// [n, c, h, w] with channels last in memory.
inline void expect_image(const Node& node, const Tensor& tensor) {
  expect_shape(node, tensor.rank() == 4, "expected an image [n, c, h, w], found ", shape_text(tensor.shape));
  expect_storage(node, tensor, Storage::nhwc);
}

inline void expect_dimensions(const Node& node, const Tensor& tensor, const std::vector<int64_t>& shape) {
  expect_shape(node, tensor.shape == shape, "expected ", shape_text(shape), ", found ", shape_text(tensor.shape));
}

inline void expect_same(const Node& node, const Tensor& a, const Tensor& b) {
  expect_shape(node, a.shape == b.shape, "expected equal shapes, found ", shape_text(a.shape), " and ",
               shape_text(b.shape));
  expect_plan(node, a.storage == b.storage, "expected the same storage, found ", storage_name(a.storage), " and ",
              storage_name(b.storage));
}

// A value as rows of channels: [n, c] is n rows, [n, c, h, w] is n*h*w rows (channels last).
struct Channels {
  int64_t rows = 0;
  int64_t channels = 0;
};

inline Channels channels_of(const Tensor& tensor) { return {tensor.count() / tensor.dim(1), tensor.dim(1)}; }

inline Channels expect_channels(const Node& node, const Tensor& tensor) {
  expect_shape(node, tensor.rank() == 2 || tensor.rank() == 4, "expected [n, c] or [n, c, h, w], found ",
               shape_text(tensor.shape));
  expect_storage(node, tensor, tensor.rank() == 4 ? Storage::nhwc : Storage::plain);
  return channels_of(tensor);
}

inline void expect_per_channel(const Node& node, const Tensor& tensor, int64_t channels) {
  expect_plain(node, tensor, 1);
  expect_dimensions(node, tensor, {channels});
}

// Attributes, with the node named when one is missing or of another type.
template <class Read>
decltype(auto) attribute(const Node& node, const Read& read) {
  try {
    return read(node.attributes);
  } catch (const Error& error) {
    throw Error(error.code(), text(node_text(node), ": ", error.what()));
  }
}

inline double number(const Node& node, const std::string& name) {
  const double value = attribute(node, [&](const Attributes& a) { return a.number(name); });
  expect_plan(node, std::isfinite(value), "attribute \"", name, "\" is ", value, ", expected a finite number");
  return value;
}

// A number in [low, high).
inline double number_within(const Node& node, const std::string& name, double low, double high) {
  const double value = number(node, name);
  expect_plan(node, value >= low && value < high, "attribute \"", name, "\" is ", value, ", expected at least ", low,
              " and less than ", high);
  return value;
}

// A number whose float is above zero: it keeps a division from becoming 0/0.
inline double positive_number(const Node& node, const std::string& name) {
  const double value = number(node, name);
  expect_plan(node, static_cast<float>(value) > 0 && std::isfinite(static_cast<float>(value)), "attribute \"", name,
              "\" is ", value, ", expected a positive float32");
  return value;
}

inline bool boolean(const Node& node, const std::string& name) {
  return attribute(node, [&](const Attributes& a) { return a.boolean(name); });
}

// Whether the optional attribute `activation` asks for a relu in the same pass.
inline bool has_relu(const Node& node) {
  if (!node.attributes.has("activation")) return false;
  const std::string& activation =
      attribute(node, [](const Attributes& a) -> const std::string& { return a.string("activation"); });
  expect_plan(node, activation == "relu", "attribute \"activation\" is \"", activation, "\", expected \"relu\"");
  return true;
}

// A whole number in [low, high].
inline int64_t integer(const Node& node, const std::string& name, int64_t low, int64_t high) {
  const int64_t value = attribute(node, [&](const Attributes& a) { return a.integer(name); });
  expect_plan(node, value >= low && value <= high, "attribute \"", name, "\" is ", value, ", expected ", low, " to ",
              high);
  return value;
}

inline std::vector<int64_t> integers(const Node& node, const std::string& name, size_t length, int64_t low) {
  std::vector<int64_t> values = attribute(node, [&](const Attributes& a) { return a.integers(name, length); });
  for (int64_t value : values)
    expect_plan(node, value >= low, "attribute \"", name, "\" is ", shape_text(values), ", expected at least ", low);
  return values;
}

}  // namespace netwright
