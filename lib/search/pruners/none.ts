// The pruner that lets every trial run to its end.
import type { Pruner } from "./pruner.js";

/** Never prunes; the default of a study. */
export function noPruner(): Pruner {
  return Object.freeze({ name: "none", prune: () => false });
}
