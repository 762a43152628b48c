// Every pruner of the package passes the checks that users run their own through.
import { describe, test } from "vitest";
import { prunerChecks } from "../../../../lib/search/conformance.js";
import {
  asha,
  hyperband,
  median,
  noPruner,
  patient,
  percentile,
  threshold,
} from "../../../../lib/search/pruners/index.js";

describe.each([
  ["none", () => noPruner()],
  ["median", () => median()],
  ["percentile", () => percentile(75, { startupTrials: 1, warmupSteps: 2, interval: 3 })],
  ["patient", () => patient(undefined, 2)],
  ["patient median", () => patient(median({ startupTrials: 2 }), 1, { minDelta: 0.1 })],
  ["patient hyperband", () => patient(hyperband(), 1)],
  ["threshold", () => threshold({ lower: 0, upper: 1 })],
  ["asha", () => asha()],
  ["asha of 2 steps", () => asha({ minResource: 2, reductionFactor: 2, minEarlyStoppingRate: 1 })],
  ["hyperband", () => hyperband()],
  ["hyperband of 12 steps", () => hyperband({ maxResource: 12 })],
])("%s", (_, make) => {
  test.each(prunerChecks(make))("$name", ({ run }) => run());
});
