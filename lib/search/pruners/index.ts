// All pruners.
export { asha, type HalvingOptions } from "./halving.js";
export { type HyperbandOptions, hyperband } from "./hyperband.js";
export { median } from "./median.js";
export { noPruner } from "./none.js";
export { type PatientOptions, patient } from "./patient.js";
export { type PercentileOptions, percentile } from "./percentile.js";
export type { Pruner } from "./pruner.js";
export type { CheckOptions } from "./steps.js";
export { type ThresholdOptions, threshold } from "./threshold.js";
