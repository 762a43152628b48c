// Random search: every parameter by itself, uniform or uniform in the logarithm.
import { RandomStream } from "../../data/random.js";
import type { Distribution, ParameterValue } from "../distribution.js";
import { knownOptions } from "../../runtime/fit_options.js";
import type { Sampler } from "./sampler.js";
import { type SeedOptions, seedOf } from "./seed.js";
import { fromUnit, uniformUnit } from "./transform.js";

/**
 * Values drawn at random, whatever the study has seen; for any space and any number of objectives.
 * J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", Journal of Machine Learning Research 13
 * (2012), 281-305. Throws ArgumentError for a seed that is none.
 */
export function random(options: SeedOptions = {}): Sampler {
  knownOptions("random", options, ["seed"]);
  const seed = seedOf(options.seed, "random");
  return {
    name: "random",
    sample: (_, trial, name, distribution) => randomValue(seed, trial.number, name, distribution),
  };
}

/** The value that random search has for a parameter of a trial: what other samplers fall back to. */
export function randomValue(seed: number, trial: number, name: string, distribution: Distribution): ParameterValue {
  return fromUnit(distribution, uniformUnit(new RandomStream(seed, `parameter ${name}`, trial)));
}
