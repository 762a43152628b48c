// Checks that samplers and pruners of this package pass, and that users run their own through.
export type { ConformanceCheck } from "./conformance/check.js";
export { prunerChecks } from "./conformance/pruner_checks.js";
export { type CheckedSpace, samplerChecks } from "./conformance/sampler_checks.js";
