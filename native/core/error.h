// The one exception type of the native core: a message for a person and a code for a program.
#pragma once

#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace netwright {

// Codes: "PLAN" (a malformed plan), "SHAPE", "DATA", "NON_FINITE", "BUSY", "DISPOSED", "CANCELLED", "MEMORY",
// "ARGUMENT".
class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

inline std::string shape_text(const std::vector<int64_t>& shape) {
  std::ostringstream out;
  out << '[';
  for (size_t i = 0; i < shape.size(); ++i) out << (i ? ", " : "") << shape[i];
  out << ']';
  return out.str();
}

template <class... Parts>
void check(bool condition, const char* code, const Parts&... parts) {
  if (!condition) throw Error(code, text(parts...));
}

}  // namespace netwright
