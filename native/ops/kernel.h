// What kernels of the processor share: how flat ranges are cut for threads, and how a bound kernel is put together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "core/op.h"

namespace netwright {

// Elements. Ranges are cut at multiples of it (and of every unrolled vector width) whatever the number of threads, so
// that an element always meets the same instructions.
constexpr int64_t kBlock = 1024;

inline int64_t block_count(int64_t count, int64_t block = kBlock) { return (count + block - 1) / block; }

// Calls body(begin, end) on ranges of elements that begin at multiples of kBlock. `cost`: nanoseconds an element.
template <class Body>
void parallel_elements(Stream& stream, int64_t count, double cost, const Body& body) {
  stream.parallel(block_count(count), cost * static_cast<double>(std::min(count, kBlock)),
                  [&](int64_t first, int64_t last, int) { body(first * kBlock, std::min(last * kBlock, count)); });
}

// Calls body(block, begin, end) for every block, each of which makes one partial result.
template <class Body>
void parallel_blocks(Stream& stream, int64_t count, double cost, const Body& body) {
  parallel_elements(stream, count, cost, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at += kBlock) body(at / kBlock, at, std::min(at + kBlock, end));
  });
}

// The sum of what parallel_blocks() made.
inline double sum_in_order(const double* partials, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += partials[i];
  return sum;
}

// A kernel named after its op and instruction set that carries a copy of `data`.
template <class Data>
BoundKernel make_kernel(const Node& node, const Target& target, RunFunction run, Data data, double operations) {
  BoundKernel bound;
  bound.run = run;
  bound.name = text(node.op, " ", isa_name(target.isa));
  bound.data = std::make_shared<Data>(std::move(data));
  bound.operations = operations;
  return bound;
}

// What make_kernel() kept.
template <class Data>
const Data& data_of(const Args& args) {
  return *static_cast<const Data*>(args.data);
}

}  // namespace netwright
