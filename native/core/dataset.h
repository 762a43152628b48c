// Named fields in native memory, and the gather of a batch of their rows into a program's inputs. Read-only once made.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/affine.h"
#include "core/plan.h"
#include "core/stream.h"

namespace netwright {

class Dataset {
 public:
  struct Source {
    std::string name;
    std::vector<int64_t> shape;  // of one row
    DType dtype = DType::float32;
    const void* data = nullptr;  // rows one after the other, in the user's order
    size_t count = 0;            // elements in all
  };

  struct Field {
    std::string name;
    std::vector<int64_t> shape;
    DType dtype = DType::float32;
    int64_t row_count = 0;             // elements of one row
    std::unique_ptr<uint32_t[]> data;  // [rows, row_count], elements of four bytes
    const uint32_t* row(int64_t index) const { return data.get() + index * row_count; }
  };

  // Copies the sources. Throws Error("DATA") when there are no rows or a size does not fit.
  Dataset(const std::vector<Source>& sources, int64_t rows);

  int64_t rows() const { return rows_; }
  size_t bytes() const { return bytes_; }
  const std::vector<Field>& fields() const { return fields_; }

 private:
  int64_t rows_;
  size_t bytes_ = 0;
  std::vector<Field> fields_;
};

// The rows of one batch, in the order of an epoch.
struct BatchRows {
  const int32_t* order;  // of all rows; null: as they lie
  int64_t first, count;
  int64_t end;  // of the epoch's rows

  int64_t row(int64_t index) const { return order == nullptr ? first + index : order[first + index]; }
  // The row that stands at this place in the next batch; -1 when it is not known.
  int64_t next(int64_t index) const {
    const int64_t at = first + count + index;
    return order == nullptr || at >= end ? -1 : order[at];
  }
};

// Which field fills which input of a plan.
class Feed {
 public:
  // Throws Error("DATA") unless every input of the plan has a field of its name, row shape and element type.
  Feed(const Dataset& dataset, const Plan& plan);

  // What is done to every row of images on its way.
  struct Distortion {
    const AffineRange* range;
    ImageLayout image;
    DistortFunction distort;
    uint64_t seed, epoch;
  };

  struct Input {
    const Dataset::Field* field;
    size_t value;          // in the plan
    int64_t channels = 1;  // of an image that is stored channels last; 1 when rows are copied as they are
    std::optional<Distortion> distortion = {};
  };
  const std::vector<Input>& inputs() const { return inputs_; }

  // From now on the rows of this input are gathered distorted; `range` must stay. Throws Error("ARGUMENT") when the
  // range makes no sense or the input has no images.
  void distort(const std::string& input, const AffineRange& range, DistortFunction function, uint64_t seed,
               uint64_t epoch);

  // Copies the rows to `to`, and asks the memory for those of the next batch, which arrive during the step.
  static void gather(const Input& input, const BatchRows& rows, void* to, Stream& stream);

 private:
  std::vector<Input> inputs_;
};

}  // namespace netwright
