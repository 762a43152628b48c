// Sessions: arenas, initial values, values by name, snapshots and the programs kept per batch size.
#include "core/session.h"

#include <algorithm>

#include "core/initialize.h"
#include "core/storage.h"
#include "core/thread_pool.h"

namespace netwright {

namespace {

constexpr size_t kProgramsKept = 4;  // per mode: a full batch and a remainder for two batch sizes

Tensor tensor_of(const PlanValue& value) { return {value.dtype, value.storage, value.shape}; }

}  // namespace

Session::Session(SessionOptions options)
    : pool_(retain_thread_pool()), backend_(cpu_backend()), options_(std::move(options)) {
  target_.isa = options_.isa;
  target_.use_blas = options_.use_blas;
  target_.max_threads = options_.threads > 0 ? options_.threads : available_cores();
  const Plan* first = nullptr;
  for (const auto& plan : options_.plans) {
    if (!plan) continue;
    verify(*plan);
    if (first == nullptr) first = plan.get();
    check(plan->arenas.param == first->arenas.param && plan->arenas.state == first->arenas.state &&
              plan->arenas.slots == first->arenas.slots,
          "PLAN", "plan: the plans of a session have different arenas");
    add_names(*plan);
  }
  check(first != nullptr, "PLAN", "a session needs at least one plan");
  const ArenaSizes& sizes = first->arenas;
  const size_t param = static_cast<size_t>(sizes.param) * sizeof(float);
  arena(Place::param) = Arena(backend_, param);
  arena(Place::state) = Arena(backend_, static_cast<size_t>(sizes.state) * sizeof(float));
  if (options_.plans[static_cast<size_t>(Mode::train)]) {
    arena(Place::grad) = Arena(backend_, param);
    arena(Place::slot) = Arena(backend_, param * static_cast<size_t>(sizes.slots));
  }
  initialize();
}

// The plans name the same parameters; what one leaves out, another may have.
void Session::add_names(const Plan& plan) {
  const bool trains = &plan == options_.plans[static_cast<size_t>(Mode::train)].get();
  for (const PlanValue& value : plan.values) {
    if (!value.in_arena()) continue;
    check(trains || value.role == Role::param || value.role == Role::state, "PLAN", "plan: \"", value.name,
          "\" of role ", name_of(value.role), " may only be part of a training plan");
    const auto [found, is_new] = name_index_.emplace(value.name, names_.size());
    if (is_new) {
      names_.push_back(value);
      continue;
    }
    PlanValue& known = names_[found->second];
    check(known.role == value.role && known.shape == value.shape && known.offset == value.offset &&
              known.storage == value.storage && known.slot == value.slot && known.flat == value.flat,
          "PLAN", "plan: the plans of a session disagree about \"", value.name, '"');
    if (!known.init) known.init = value.init;
  }
}

void Session::initialize() {
  for (const PlanValue& value : names_)
    if (value.init) write(value, initial_values(*value.init, value.name, row_count(value), options_.seed));
}

const PlanValue& Session::find(const std::string& name) const {
  const auto found = name_index_.find(name);
  check(found != name_index_.end(), "ARGUMENT", "there is no parameter, state, gradient or optimizer slot called \"",
        name, '"');
  return names_[found->second];
}

std::vector<float> Session::read(const PlanValue& value) const {
  std::vector<float> native(static_cast<size_t>(row_count(value))), user(native.size());
  const int64_t start =
      value.role == Role::slot ? value.slot * options_.plans[static_cast<size_t>(Mode::train)]->arenas.param : 0;
  const char* from = arena(place_of(value.role)).data() + static_cast<size_t>(start + value.offset) * sizeof(float);
  backend_.download(native.data(), from, native.size() * sizeof(float));
  from_storage(tensor_of(value), native.data(), user.data());
  return user;
}

void Session::write(const PlanValue& value, const std::vector<float>& data) {
  check(data.size() == static_cast<size_t>(row_count(value)), "SHAPE", '"', value.name, "\" has shape ",
        shape_text(value.shape), ", which is ", row_count(value), " numbers; got ", data.size());
  std::vector<float> native(data.size());
  to_storage(tensor_of(value), data.data(), native.data());
  const int64_t start =
      value.role == Role::slot ? value.slot * options_.plans[static_cast<size_t>(Mode::train)]->arenas.param : 0;
  char* to = arena(place_of(value.role)).data() + static_cast<size_t>(start + value.offset) * sizeof(float);
  backend_.upload(to, native.data(), native.size() * sizeof(float));
  last_is_outdated_ = true;
}

void Session::snapshot(const std::string& key) {
  check(key == "best" || key == "last", "ARGUMENT", "snapshots are called \"best\" and \"last\", not \"", key, '"');
  Snapshot& kept = snapshots_[key];
  const auto copy = [this](Place place, std::vector<char>& to) {
    to.resize(arena(place).bytes());
    if (!to.empty()) backend_.download(to.data(), arena(place).data(), to.size());
  };
  copy(Place::param, kept.param);
  copy(Place::state, kept.state);
  kept.step = step_;
  if (key != "last") return;
  copy(Place::slot, kept.slot);
  last_is_outdated_ = false;
}

void Session::restore(const std::string& key) {
  const auto found = snapshots_.find(key);
  check(found != snapshots_.end(), "ARGUMENT", "there is no snapshot \"", key, '"');
  const auto copy = [this](Place place, const std::vector<char>& from) {
    if (!from.empty()) backend_.upload(arena(place).data(), from.data(), from.size());
  };
  copy(Place::param, found->second.param);
  copy(Place::state, found->second.state);
  last_is_outdated_ = key != "last";
  if (last_is_outdated_) return;
  copy(Place::slot, found->second.slot);
  step_ = found->second.step;
}

void Session::begin_job() {
  check(!busy_.exchange(true), "BUSY", "this session is running a job; await it or cancel it first");
  cancelled_.store(false);
}

void Session::check_idle() const {
  check(!busy_.load(), "BUSY", "this session is running a job; await it or cancel it first");
}

void Session::check_cancelled() const {
  check(!cancelled_.load(std::memory_order_relaxed), "CANCELLED", "the job was cancelled");
}

const Plan& Session::plan(Mode mode) const {
  const auto& found = options_.plans[static_cast<size_t>(mode)];
  check(found != nullptr, "ARGUMENT", "this session has no plan to ", name_of(mode));
  return *found;
}

std::shared_ptr<ResolvedProgram> Session::find_program(Mode mode, int64_t batch) {
  plan(mode);
  auto& kept = programs_[static_cast<size_t>(mode)];
  const auto found =
      std::find_if(kept.begin(), kept.end(), [batch](const auto& one) { return one->program().batch == batch; });
  if (found != kept.end()) {
    std::rotate(kept.begin(), found, found + 1);
  } else {
    auto program = bind_program(options_.plans[static_cast<size_t>(mode)], batch, backend_, target_);
    kept.insert(kept.begin(), std::make_shared<ResolvedProgram>(std::move(program), options_.profile));
    if (kept.size() > kProgramsKept) kept.pop_back();
  }
  return kept.front();
}

std::vector<std::shared_ptr<ResolvedProgram>> Session::prepare(Mode mode, std::initializer_list<int64_t> batches) {
  std::vector<std::shared_ptr<ResolvedProgram>> programs;
  size_t bytes = 0;
  for (int64_t batch : batches) {
    programs.push_back(batch == 0 ? nullptr : find_program(mode, batch));
    if (programs.back()) bytes = std::max(bytes, programs.back()->program().activation_bytes);
  }
  if (arena(Place::activation).bytes() < bytes) {
    arena(Place::activation) = Arena();  // first, so that old and new are never held together
    arena(Place::activation) = Arena(backend_, bytes);
  }
  for (const auto& program : programs)
    if (program) resolve(*program);
  return programs;
}

void Session::resolve(ResolvedProgram& program) const {
  std::array<char*, kPlaces> bases;
  for (size_t place = 0; place < kPlaces; ++place) bases[place] = arenas_[place].data();
  program.resolve(bases);
}

std::shared_ptr<const Program> Session::program(Mode mode, int64_t batch) {
  const std::shared_ptr<ResolvedProgram> found = find_program(mode, batch);
  return {found, &found->program()};
}

size_t Session::bytes() const {
  size_t sum = 0;
  for (const Arena& one : arenas_) sum += one.bytes();
  return sum;
}

}  // namespace netwright
