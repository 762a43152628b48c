// Which tiles compute products in bfloat16 here.
#include "blas/bf16_tiles.h"

#include <cstdlib>
#include <string>

#include "core/error.h"
#include "simd/bf16_isa.h"

namespace netwright {

namespace {

constexpr const char* kRounded = "rounded";

// The best that `isa` and NETWRIGHT_BF16 allow; null: rounded operands.
const Bf16Tiles* best(Isa isa) {
  const bool amx = isa == Isa::avx512 && has_amx_bf16();
  const bool avx512 = isa == Isa::avx512 && has_avx512_bf16();
  const char* forced = std::getenv("NETWRIGHT_BF16");
  if (forced == nullptr || *forced == '\0') return amx ? &amx_tiles : avx512 ? &avx512_bf16_tiles : nullptr;
  const std::string name = forced;
  if (name == kRounded) return nullptr;
  // Another instruction set may run beside it in the same process, in tests say: there it has no such tiles.
  if (isa != Isa::avx512 && supported_isas().front() == Isa::avx512) return nullptr;
  if (amx && name == amx_tiles.name) return &amx_tiles;
  if (avx512 && name == avx512_bf16_tiles.name) return &avx512_bf16_tiles;
  throw Error("ARGUMENT", text("NETWRIGHT_BF16=", name, " is unknown or not supported here; use one of ",
                               has_amx_bf16() ? "amx, " : "", has_avx512_bf16() ? "avx512_bf16, " : "", kRounded));
}

}  // namespace

const Bf16Tiles* bf16_tiles(Isa isa) {
  const Bf16Tiles* tiles = best(isa);
  if (tiles != &amx_tiles || request_amx()) return tiles;
  return has_avx512_bf16() ? &avx512_bf16_tiles : nullptr;
}

const char* bf16_name(Isa isa) {
  const Bf16Tiles* tiles = best(isa);
  return tiles == nullptr ? kRounded : tiles->name;
}

}  // namespace netwright
