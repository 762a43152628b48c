// Numbers too small for a float's normal range become zero while kernels run: arithmetic on them is up to a hundred
// times slower, and gradients that fade away are full of them. All threads of a job do it, or bits would depend on
// threads.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace netwright {

// Sets the calling thread's floating-point mode, and puts it back.
class FlushDenormals {
 public:
  FlushDenormals() : mode_(read()) { write(mode_ | kFlush); }
  ~FlushDenormals() { write(mode_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__x86_64__)
  static constexpr bool kFlushes = true;

 private:
  using Mode = uint32_t;
  static constexpr Mode kFlush = 0x8000;  // results; what a user gives keeps its value
  static Mode read() { return _mm_getcsr(); }
  static void write(Mode mode) { _mm_setcsr(mode); }
#else
  static constexpr bool kFlushes = false;

 private:
  using Mode = uint32_t;
  static constexpr Mode kFlush = 0;
  static Mode read() { return 0; }
  static void write(Mode) {}
#endif

  Mode mode_;
};

}  // namespace netwright
