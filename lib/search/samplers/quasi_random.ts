// Quasi-random search: points that fill the space more evenly than random ones.
import { ArgumentError } from "../../errors.js";
import { knownOptions } from "../../runtime/fit_options.js";
import { valueText } from "../../options.js";
import type { StudyRecord, TrialRecord } from "../record.js";
import { randomValue } from "./random.js";
import type { Sampler } from "./sampler.js";
import { type SeedOptions, seedOf } from "./seed.js";
import { SOBOL_DIMENSIONS, scrambledSobol, sobol } from "./sobol.js";
import { fromUnit } from "./transform.js";

export interface QuasiRandomOptions extends SeedOptions {
  /** False gives the plain sequence, the same for every seed, whose first point is the lower corner. Default true. */
  readonly scramble?: boolean;
}

/**
 * A Sobol sequence (I. M. Sobol, "On the distribution of points in a cube and the approximate evaluation of integrals", USSR
 * Computational Mathematics and Mathematical Physics 7 (1967), 86-112): trial number n is its point n, so that workers share
 * one sequence. Most even when the number of trials is a power of two. Sobol rather than Halton: its discrepancy is lower for
 * 32 to 100 trials of 2 to 12 parameters (bench/search/quasi_random.ts).
 *
 * A parameter's dimension is its place among those of the first complete or pruned trial; all others (of conditional spaces, or
 * beyond dimension 64) are random. Throws ArgumentError for options that are none.
 */
export function quasiRandom(options: QuasiRandomOptions = {}): Sampler {
  knownOptions("quasiRandom", options, ["seed", "scramble"]);
  const { scramble = true } = options;
  if (typeof scramble !== "boolean")
    throw new ArgumentError(`quasiRandom: scramble must be true or false, got ${valueText(scramble)}`);
  const seed = seedOf(options.seed, "quasiRandom");
  return {
    name: "quasi-random",
    sample(study, trial, name, distribution) {
      const dimension = dimensionOf(study, trial, name);
      if (dimension >= SOBOL_DIMENSIONS) return randomValue(seed, trial.number, name, distribution);
      const unit = scramble ? scrambledSobol(trial.number, dimension, seed) : sobol(trial.number, dimension);
      return fromUnit(distribution, unit);
    },
  };
}

/** Infinity for a parameter that has none. Until a trial is finished, each has its own in the order in which it asks. */
function dimensionOf({ trials }: StudyRecord, own: TrialRecord, name: string): number {
  const first = trials.find(
    ({ state, parameters }) => (state === "complete" || state === "pruned") && Object.keys(parameters).length > 0,
  );
  const names = Object.keys((first ?? own).parameters);
  const place = names.indexOf(name);
  if (place >= 0) return place;
  return first === undefined ? names.length : Number.POSITIVE_INFINITY;
}
