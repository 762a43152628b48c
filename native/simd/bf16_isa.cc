// Asks the processor, the saved register state and, for AMX, the operating system.
#include "simd/bf16_isa.h"

#include <cstdint>

#include "simd/isa.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#define NW_CAN_ASK 1
#endif

namespace netwright {

#ifdef NW_CAN_ASK

namespace {

// Architecture calls of Linux (5.16 and later), not yet in every libc's headers.
constexpr int kGetSupported = 0x1021;       // ARCH_GET_XCOMP_SUPP
constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
constexpr int kTileData = 18;               // bit of the state that must be asked for

struct Leaf {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Leaf leaf(unsigned number, unsigned sub) {
  Leaf found;
  if (__get_cpuid_count(number, sub, &found.eax, &found.ebx, &found.ecx, &found.edx) == 0) return {};
  return found;
}

// Register states that the operating system saves; 0 when it cannot be asked.
uint64_t saved_states() {
  if ((leaf(1, 0).ecx & (1u << 27)) == 0) return 0;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

bool has_avx512() { return supported_isas().front() == Isa::avx512; }

bool detect_amx() {
  const unsigned features = leaf(7, 0).edx;
  const bool bf16 = (features & (1u << 22)) != 0, tiles = (features & (1u << 24)) != 0;
  constexpr uint64_t kTileStates = uint64_t{3} << 17;
  if (!bf16 || !tiles || (saved_states() & kTileStates) != kTileStates) return false;
  uint64_t grantable = 0;
  return syscall(SYS_arch_prctl, kGetSupported, &grantable) == 0 && (grantable & (uint64_t{1} << kTileData)) != 0;
}

}  // namespace

bool has_avx512_bf16() {
  static const bool found = has_avx512() && leaf(7, 0).eax >= 1 && (leaf(7, 1).eax & (1u << 5)) != 0;
  return found;
}

bool has_amx_bf16() {
  static const bool found = has_avx512() && detect_amx();
  return found;
}

bool request_amx() {
  static const bool granted = has_amx_bf16() && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return granted;
}

#else

bool has_avx512_bf16() { return false; }
bool has_amx_bf16() { return false; }
bool request_amx() { return false; }

#endif

}  // namespace netwright
