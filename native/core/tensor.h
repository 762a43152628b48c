// What an op knows of a value when it is bound: shape, element type and the order in which elements lie in memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/error.h"

namespace netwright {

enum class DType : uint8_t { float32, int32 };

// Shapes are always in the user's order (NCHW, OIHW); storage says how the elements lie.
// plain: row-major in the user's order. nhwc: images with channels last. hwio: convolution weights as [kh, kw, ic, oc].
enum class Storage : uint8_t { plain, nhwc, hwio };

struct Tensor {
  DType dtype = DType::float32;
  Storage storage = Storage::plain;
  std::vector<int64_t> shape;  // batch already substituted

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  int64_t dim(size_t axis) const { return shape.at(axis); }
  int64_t count() const {
    int64_t product = 1;
    for (int64_t d : shape) product *= d;
    return product;
  }
};

using Attribute = std::variant<double, bool, std::string, std::vector<double>>;

class Attributes {
 public:
  std::map<std::string, Attribute> values;

  bool has(const std::string& name) const { return values.count(name) != 0; }
  double number(const std::string& name) const { return get<double>(name, "a number"); }
  bool boolean(const std::string& name) const { return get<bool>(name, "a boolean"); }
  const std::string& string(const std::string& name) const { return get<std::string>(name, "a string"); }
  const std::vector<double>& numbers(const std::string& name) const {
    return get<std::vector<double>>(name, "a list of numbers");
  }
  int64_t integer(const std::string& name) const { return to_integer(name, number(name)); }
  std::vector<int64_t> integers(const std::string& name, size_t length) const {
    const std::vector<double>& list = numbers(name);
    check(list.size() == length, "PLAN", "attribute \"", name, "\" has ", list.size(), " entries, expected ", length);
    std::vector<int64_t> result;
    for (double value : list) result.push_back(to_integer(name, value));
    return result;
  }

 private:
  template <class T>
  const T& get(const std::string& name, const char* kind) const {
    auto found = values.find(name);
    check(found != values.end(), "PLAN", "attribute \"", name, "\" is missing");
    const T* value = std::get_if<T>(&found->second);
    check(value != nullptr, "PLAN", "attribute \"", name, "\" is not ", kind);
    return *value;
  }
  static int64_t to_integer(const std::string& name, double value) {
    check(value >= -2147483648.0 && value <= 2147483647.0 && value == static_cast<double>(static_cast<int64_t>(value)),
          "PLAN", "attribute \"", name, "\" is ", value, ", expected a whole number");
    return static_cast<int64_t>(value);
  }
};

}  // namespace netwright
