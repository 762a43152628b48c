// Flips NW_PASS_TOGGLE, by which the per-pass headers (vec.h, math.h, ...) see that they must be read again.
#ifdef NW_PASS_TOGGLE
#undef NW_PASS_TOGGLE
#else
#define NW_PASS_TOGGLE
#endif
