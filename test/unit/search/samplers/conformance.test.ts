// Every sampler passes the checks that ship for users' own.
import { describe, test } from "vitest";
import { type CheckedSpace, samplerChecks } from "../../../../lib/search/conformance.js";
import type { Choice, Distribution } from "../../../../lib/search/distribution.js";
import { cmaEs, grid, quasiRandom, random, type Sampler } from "../../../../lib/search/samplers/index.js";
import { fromUnit } from "../../../../lib/search/samplers/transform.js";

/** A few values of each parameter, ends included. */
function gridOf(space: CheckedSpace): Record<string, Choice[]> {
  const valuesOf = (distribution: Distribution): Choice[] =>
    distribution.kind === "categorical"
      ? [...distribution.choices]
      : [...new Set([0, 0.5, 1].map((unit) => fromUnit(distribution, unit)))];
  return Object.fromEntries(Object.entries(space).map(([name, distribution]) => [name, valuesOf(distribution)]));
}

const samplers: Record<string, (seed: number, space: CheckedSpace) => Sampler> = {
  random: (seed) => random({ seed }),
  grid: (seed, space) => grid(gridOf(space), { seed }),
  quasiRandom: (seed) => quasiRandom({ seed }),
  cmaEs: (seed) => cmaEs({ seed }),
};

describe.each(Object.entries(samplers))("%s", (_, make) => {
  for (const { name, run } of samplerChecks(make)) test(name, run);
});
