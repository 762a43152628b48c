// The seed of a sampler: the user's, or one drawn once.
import { randomInt } from "node:crypto";
import { checkSeed } from "../../data/random.js";

export interface SeedOptions {
  /** Gives the same proposals for the same study; whole, from 0 to 2^53 - 1. Default: drawn when the sampler is made. */
  readonly seed?: number;
}

export function seedOf(seed: number | undefined, what: string): number {
  return seed === undefined ? randomInt(2 ** 48 - 1) : checkSeed(seed, what);
}
