// The plan as it came from TypeScript: values and nodes for any batch size, untrusted until verify() has passed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace netwright {

// Where a value lives; see Role in lib/compile/plan.ts.
enum class Role : uint8_t { input, param, state, grad, slot, temp, output, metric };
enum class Phase : uint8_t { compute, update };
enum class Mode : uint8_t { train, evaluate, predict };
constexpr int kModes = 3;

const char* name_of(Role role);
const char* name_of(Storage storage);
const char* name_of(DType dtype);
const char* name_of(Mode mode);
const char* name_of(Phase phase);

// uniform: first = low, second = high; normal: first = mean, second = deviation.
struct Initializer {
  enum class Kind : uint8_t { constant, uniform, normal };
  Kind kind = Kind::constant;
  double first = 0;
  double second = 0;
};

struct PlanValue {
  std::string name;
  std::vector<int64_t> shape;  // -1 in front: the batch
  DType dtype = DType::float32;
  Role role = Role::temp;
  Storage storage = Storage::plain;
  int64_t offset = -1;  // elements from the start of the role's arena; for param, state, grad and slot
  int64_t slot = -1;    // for slot
  std::optional<Initializer> init;
  bool flat = false;

  bool has_batch() const { return !shape.empty() && shape[0] == -1; }
  bool in_arena() const {
    return role == Role::param || role == Role::state || role == Role::grad || role == Role::slot;
  }
};

struct PlanNode {
  std::string op;
  std::string label;
  std::vector<int64_t> in;
  std::vector<int64_t> out;
  Attributes attributes;
  Phase phase = Phase::compute;
};

struct ArenaSizes {
  int64_t param = 0;
  int64_t state = 0;
  int64_t slots = 0;
};

struct Plan {
  std::vector<PlanValue> values;
  std::vector<PlanNode> nodes;
  ArenaSizes arenas;
};

constexpr int64_t kMostDimension = (int64_t{1} << 31) - 1;
constexpr int64_t kMostElements = int64_t{1} << 36;  // of one value, and of one arena
constexpr size_t kMostPlanItems = 1u << 20;          // values, nodes
constexpr int64_t kMostSlots = 64;
constexpr int64_t kArenaAlignment = 16;  // elements: one line of 64 bytes

// The shape with the batch put in. Throws Error("MEMORY") when the value would have more than kMostElements elements.
std::vector<int64_t> substitute_batch(const PlanValue& value, int64_t batch);

// Elements of one row (of the whole value when it has no batch). The value must have been verified.
int64_t row_count(const PlanValue& value);

// Throws Error("PLAN") unless every index, role, shape, offset and order of writes and reads is sound: afterwards each
// read finds a value written before, and nothing lies outside its arena. What the ops ask of their operands is checked
// when a program is bound.
void verify(const Plan& plan);

}  // namespace netwright
