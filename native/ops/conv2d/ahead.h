// Asks for memory that the next block will read, a few lines at a time while the present one is computed.
#pragma once

#include <cstdint>

namespace netwright {

class Ahead {
 public:
  // Adds `runs` pieces of `floats` each, `stride` apart.
  void add(const float* from, int64_t runs, int64_t stride, int64_t floats) {
    pieces_[count_++] = {from, runs, stride, (floats + kLine - 1) / kLine};
    lines_ += runs * pieces_[count_ - 1].lines;
  }

  int64_t lines() const { return lines_; }

  void step(int64_t lines) {
    for (; lines > 0 && at_ < count_; --lines) {
      Piece& piece = pieces_[at_];
#if defined(__GNUC__)
      __builtin_prefetch(piece.from + line_ * kLine, 0, 2);
#endif
      if (++line_ < piece.lines) continue;
      line_ = 0;
      piece.from += piece.stride;
      if (--piece.runs == 0) ++at_;
    }
  }

 private:
  static constexpr int64_t kLine = 16;  // floats
  struct Piece {
    const float* from;
    int64_t runs, stride, lines;
  };
  Piece pieces_[2];
  int64_t count_ = 0, lines_ = 0, at_ = 0, line_ = 0;
};

}  // namespace netwright
