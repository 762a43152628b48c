// Seeded random numbers for splits and made-up data, the same on every platform.
import { ArgumentError } from "../errors.js";

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
  private readonly words: Uint32Array = new Uint32Array(4);
  private readonly stream: number;
  private block = 0;
  private next = 4;

  constructor(
    private readonly seed: number,
    name: string,
    private readonly step = 0,
  ) {
    this.stream = fnv1a(name);
  }

  /** The next 32 bits, as a whole number from 0 up to 2^32 - 1. */
  word(): number {
    if (this.next === 4) {
      philox(this.seed, this.block++, this.stream, this.step, this.words);
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

/** FNV-1a, 32 bits, of a name in UTF-8: turns names into stream numbers. */
function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function multiplyHigh(a: number, b: number): number {
  const low = (a & 0xffff) * (b & 0xffff);
  const middle = (a >>> 16) * (b & 0xffff) + (low >>> 16);
  const other = (a & 0xffff) * (b >>> 16) + (middle & 0xffff);
  return ((a >>> 16) * (b >>> 16) + Math.floor(middle / 65536) + (other >>> 16)) >>> 0;
}

/** Philox4x32-10 (Salmon et al. 2011). */
function philox(seed: number, block: number, stream: number, step: number, out: Uint32Array): void {
  let [k0, k1] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  let [c0, c1, c2, c3] = [block >>> 0, Math.floor(block / 2 ** 32) >>> 0, stream, step];
  for (let round = 0; round < 10; round++) {
    const [h0, l0] = [multiplyHigh(0xd2511f53, c0), Math.imul(0xd2511f53, c0) >>> 0];
    const [h1, l1] = [multiplyHigh(0xcd9e8d57, c2), Math.imul(0xcd9e8d57, c2) >>> 0];
    [c0, c1, c2, c3] = [(h1 ^ c1 ^ k0) >>> 0, l1, (h0 ^ c3 ^ k1) >>> 0, l0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out.set([c0, c1, c2, c3]);
}
