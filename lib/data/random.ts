// Seeded random numbers for splits and made-up data, the same on every platform.
import { ArgumentError } from "../errors.js";
import { fnv1a, philox } from "../ops/rng.js";

/** Checks a seed given by the user; `what` names the call in the message. */
export function checkSeed(seed: number, what: string): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new ArgumentError(`${what}: seed must be a whole number from 0 to 2^53 - 1, found ${seed}`);
}

/**
 * One stream of random numbers, keyed by a seed, a name and a step.
 * Uses only operations that IEEE 754 defines to the last bit: `Math.log` and its kin may differ between engines.
 */
export class RandomStream {
  private readonly key: readonly [number, number];
  private readonly stream: number;
  private words: readonly number[] = [];
  private block = 0;
  private next = 4;

  constructor(
    seed: number,
    name: string,
    private readonly step = 0,
  ) {
    this.key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
    this.stream = fnv1a(name);
  }

  /** The next 32 bits, as a whole number from 0 up to 2^32 - 1. */
  word(): number {
    if (this.next === 4) {
      this.words = philox([this.block++, 0, this.stream, this.step], this.key);
      this.next = 0;
    }
    return this.words[this.next++] as number;
  }

  /** From `low` up to, not including, `high`. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.word() / 2 ** 32);
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    return Number((BigInt(this.word()) * BigInt(count)) >> 32n);
  }

  /**
   * Normal, mean 0 and deviation 1: the sum of twelve uniforms, its flat tails corrected to fourth order
   * (Cornish and Fisher 1938). Within 0.001 of the normal distribution function everywhere; never beyond 6.9.
   */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return sum + (sum * sum * sum - 3 * sum) / 240;
  }

  /** Nearly normal, mean 0 and deviation 1, from the four bytes of one word; never beyond 3.5. Cheap enough for pixels. */
  roughNormal(): number {
    const word = this.word();
    const sum = (word & 0xff) + ((word >>> 8) & 0xff) + ((word >>> 16) & 0xff) + (word >>> 24);
    // Mean 510; a byte has variance (256^2 - 1) / 12.
    return (sum - 510) / 147.8;
  }

  /** Numbers 0 to `count` - 1 in random order (Fisher and Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = order[i] as number;
      order[i] = order[j] as number;
      order[j] = kept;
    }
    return order;
  }
}
