// Random bits from counters, the same in both languages: Philox4x32-10 keyed by the seed, streams named by FNV-1a hashes.
const TWO_32 = 2 ** 32;

/** Upper 32 bits of the product of two 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/**
 * One block of four 32-bit words (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * Counter and key are 32-bit numbers, low words first.
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** FNV-1a hash of a name, 32 bits over UTF-8. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Words 0 to count - 1 of a stream at a step. `seed` is a whole number from 0 to 2^53 - 1. */
export function randomWords(seed: number, stream: number, step: number, count: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  const key = [seed % TWO_32, Math.floor(seed / TWO_32)] as const;
  for (let block = 0; block * 4 < count; block++)
    words.set(philox([block % TWO_32, Math.floor(block / TWO_32), stream, step % TWO_32], key), block * 4);
  return words.subarray(0, count);
}

/** A word as a float32 in [0, 1). */
export function uniform(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** Order in which an epoch takes the rows: Fisher-Yates with words of the stream "shuffle", the epoch as its step. */
export function shuffleOrder(seed: number, epoch: number, rows: number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const words = randomWords(seed, fnv1a("shuffle"), epoch, rows);
  for (let i = rows - 1; i > 0; i--) {
    const j = multiplyHigh(words[i] as number, i + 1);
    const moved = order[i] as number;
    order[i] = order[j] as number;
    order[j] = moved;
  }
  return order;
}
