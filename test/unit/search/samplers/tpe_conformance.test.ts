// The Parzen estimator passes the checks that ship for users' own samplers, parameters together and each by itself.
import { describe, test } from "vitest";
import { samplerChecks } from "../../../../lib/search/conformance.js";
import { type TpeOptions, tpe } from "../../../../lib/search/samplers/tpe.js";

// With few random trials in front, so that short studies are proposals too.
const variants: [string, TpeOptions][] = [
  ["together", { startupTrials: 3 }],
  [
    "each by itself, without clip and liar",
    { startupTrials: 3, multivariate: false, magicClip: false, constantLiar: false },
  ],
];

describe.each(variants)("%s", (_, options) => {
  for (const { name, run } of samplerChecks((seed) => tpe({ seed, ...options }))) test(name, run);
});
