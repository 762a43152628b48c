// Finds out which instruction sets this machine has and which one is to be used.
#include "simd/isa.h"

#include <cstdlib>

#include "core/error.h"

namespace netwright {

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return "avx512";
    case Isa::avx2:
      return "avx2";
    case Isa::neon:
      return "neon";
    case Isa::scalar:
      break;
  }
  return "scalar";
}

static std::vector<Isa> detect() {
  std::vector<Isa> found;
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_cpu_init();
  // These also ask whether the operating system saves the registers.
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    found.push_back(Isa::avx512);
  if (avx2) found.push_back(Isa::avx2);
#elif defined(__aarch64__) || defined(_M_ARM64)
  found.push_back(Isa::neon);
#endif
  found.push_back(Isa::scalar);
  return found;
}

const std::vector<Isa>& supported_isas() {
  static const std::vector<Isa> isas = detect();
  return isas;
}

Isa parse_isa(const std::string& name) {
  std::string list;
  for (Isa isa : supported_isas()) {
    if (name == isa_name(isa)) return isa;
    list += (list.empty() ? "" : ", ") + std::string(isa_name(isa));
  }
  throw Error("ARGUMENT", text("instruction set \"", name, "\" is unknown or not supported here; use one of ", list));
}

Isa active_isa() {
  const char* forced = std::getenv("NETWRIGHT_ISA");
  if (forced == nullptr || *forced == '\0') return supported_isas().front();
  return parse_isa(forced);
}

}  // namespace netwright
