// Instruction sets: which exist on this machine, which one runs, and how a person forces one.
#pragma once

#include <string>
#include <vector>

namespace netwright {

enum class Isa { scalar, neon, avx2, avx512 };

const char* isa_name(Isa isa);
// Compiled in and supported by this machine, best first; scalar is always last.
const std::vector<Isa>& supported_isas();
// The best supported one, or the one NETWRIGHT_ISA names. Throws Error("ARGUMENT") when that is unknown or unsupported.
Isa active_isa();
// Throws Error("ARGUMENT") when unknown or unsupported here.
Isa parse_isa(const std::string& name);

}  // namespace netwright
