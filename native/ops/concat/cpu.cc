// concat, slice and slice_grad on the processor: copies of pieces of rows.
#include <cstring>

#include "ops/concat/concat.h"
#include "ops/kernel.h"

namespace netwright {
namespace {

// rows times `count` floats, from rows `from_stride` apart to rows `to_stride` apart.
void copy_rows(const float* from, int64_t from_stride, float* to, int64_t to_stride, int64_t rows, int64_t count) {
  if (count < 16) {  // shorter than a call of memcpy is worth
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t i = 0; i < count; ++i) to[row * to_stride + i] = from[row * from_stride + i];
    return;
  }
  for (int64_t row = 0; row < rows; ++row)
    std::memcpy(to + row * to_stride, from + row * from_stride, static_cast<size_t>(count) * sizeof(float));
}

double row_cost(int64_t channels) { return 2 + 0.15 * static_cast<double>(channels); }

struct Concat {
  int64_t rows, channels;
  std::vector<int64_t> parts;
};

void run_concat(const Args& args, Stream& stream) {
  const auto& work = data_of<Concat>(args);
  stream.parallel(work.rows, row_cost(work.channels), [&](int64_t begin, int64_t end, int) {
    float* out = args.output(0) + begin * work.channels;
    for (size_t i = 0; i < work.parts.size(); ++i) {
      const int64_t part = work.parts[i];
      copy_rows(args.input(i) + begin * part, part, out, work.channels, end - begin, part);
      out += part;
    }
  });
}

BoundKernel bind_concat(const Node& node, const Target& target) {
  const Channels view = channels_of(node.out[0]);
  Concat work{view.rows, view.channels, {}};
  for (const Tensor& tensor : node.in) work.parts.push_back(tensor.dim(1));
  return make_kernel(node, target, run_concat, work, 0);
}

void run_slice(const Args& args, Stream& stream) {
  const auto& slice = data_of<Slice>(args);
  const int64_t part = slice.end - slice.start;
  stream.parallel(slice.rows, row_cost(part), [&](int64_t begin, int64_t end, int) {
    copy_rows(args.input(0) + begin * slice.channels + slice.start, slice.channels, args.output(0) + begin * part, part,
              end - begin, part);
  });
}

BoundKernel bind_slice(const Node& node, const Target& target) {
  return make_kernel(node, target, run_slice, decode_slice(node, node.in[0], node.out[0]), 0);
}

void run_slice_grad(const Args& args, Stream& stream) {
  const auto& slice = data_of<Slice>(args);
  const int64_t part = slice.end - slice.start;
  stream.parallel(slice.rows, row_cost(slice.channels), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      float* out = args.output(0) + row * slice.channels;
      std::fill_n(out, slice.start, 0.0f);
      copy_rows(args.input(0) + row * part, part, out + slice.start, slice.channels, 1, part);
      std::fill_n(out + slice.end, slice.channels - slice.end, 0.0f);
    }
  });
}

BoundKernel bind_slice_grad(const Node& node, const Target& target) {
  return make_kernel(node, target, run_slice_grad, decode_slice(node, node.out[0], node.in[0]), 0);
}

// One part that is everything.
bool is_whole(const Node& node) { return node.in.size() == 1 && node.in[0].dim(1) == node.out[0].dim(1); }

}  // namespace

const OpDef concat_op = {"concat", verify_concat, bind_concat, {}, is_whole};
const OpDef slice_op = {"slice", verify_slice, bind_slice, {}, is_whole};
const OpDef slice_grad_op = {"slice_grad", verify_slice_grad, bind_slice_grad, {}, is_whole};

}  // namespace netwright
