// Copies a plan from JavaScript into the core's structs. Only kinds are checked here; verify() judges the rest.
#pragma once

#include <memory>

#include "binding/values.h"
#include "core/plan.h"

namespace netwright {

// Throws Error("PLAN") when something is missing or of another kind.
std::shared_ptr<const Plan> read_plan(const Napi::Value& value);

}  // namespace netwright
