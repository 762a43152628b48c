// Contract of channel_sum: y [c] = sum of x [n, c] or [n, c, h, w] over all axes but the channels.
#pragma once

#include "ops/contract.h"

namespace netwright {

extern const OpDef channel_sum_op;

}  // namespace netwright
