// Ends trials that are worse than the median of the complete ones at the same step.
import { type PercentileOptions, percentilePruner } from "./percentile.js";
import type { Pruner } from "./pruner.js";

/**
 * The median stopping rule (Golovin et al. 2017): `percentile(50)`. Decides as Optuna's MedianPruner.
 * @throws ArgumentError for options out of range or unknown
 */
export function median(options: PercentileOptions = {}): Pruner {
  return percentilePruner("median", 50, options);
}
