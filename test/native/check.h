// What native tests are made of: checks that count, errors that are expected, and the last line of a test program.
#pragma once

#include <cstdio>
#include <string>

#include "core/error.h"

namespace netwright {

struct Checks {
  int passed = 0;
  int failed = 0;

  void add(bool holds, const std::string& what, const char* file, int line) {
    ++(holds ? passed : failed);
    if (!holds) std::printf("%s:%d: failed: %s\n", file, line, what.c_str());
  }

  // The exit code of the program.
  int report() const {
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
  }
};

// How many random cases a test draws; fewer where everything takes ten times as long.
#if defined(NETWRIGHT_SANITIZED) || defined(__aarch64__)
constexpr int kRandomCases = 10;
#else
constexpr int kRandomCases = 40;
#endif

inline Checks checks;

#define CHECK(condition) ::netwright::checks.add((condition), #condition, __FILE__, __LINE__)

// The body must throw Error with this code and a message that contains `part`.
#define CHECK_ERROR(expected_code, part, body)                                                       \
  do {                                                                                               \
    std::string found = "no error";                                                                  \
    bool as_expected = false;                                                                        \
    try {                                                                                            \
      body;                                                                                          \
    } catch (const ::netwright::Error& error) {                                                      \
      found = error.code() + ": " + error.what();                                                    \
      as_expected = error.code() == (expected_code) && found.find(part) != std::string::npos;        \
    }                                                                                                \
    ::netwright::checks.add(as_expected, std::string(#body) + " gave " + found, __FILE__, __LINE__); \
  } while (false)

}  // namespace netwright
