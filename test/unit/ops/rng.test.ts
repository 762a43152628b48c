// The counter-based generator: known answers, and what shuffles promise.
import { expect, test } from "vitest";
import { fnv1a, philox, randomWords, shuffleOrder, uniform } from "../../../lib/ops/rng.js";

const ONES = 0xffffffff;

test("philox gives the known answers of its authors", () => {
  // kat_vectors of Random123, philox4x32 with 10 rounds.
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  expect(philox([ONES, ONES, ONES, ONES], [ONES, ONES])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
  ]);
});

test("fnv1a hashes UTF-8 bytes", () => {
  expect(fnv1a("")).toBe(0x811c9dc5);
  expect(fnv1a("a")).toBe(0xe40c292c);
  expect(fnv1a("foobar")).toBe(0xbf9cf968);
  expect(fnv1a("é")).not.toBe(fnv1a("e"));
});

test("words depend on seed, stream, step and index, and not on how many are drawn", () => {
  const words = randomWords(2 ** 40 + 3, 5, 7, 10);
  expect([...randomWords(2 ** 40 + 3, 5, 7, 6)]).toEqual([...words.slice(0, 6)]);
  expect([...randomWords(3, 5, 7, 10)]).not.toEqual([...words]);
  expect([...randomWords(2 ** 40 + 3, 6, 7, 10)]).not.toEqual([...words]);
  expect([...randomWords(2 ** 40 + 3, 5, 8, 10)]).not.toEqual([...words]);
  expect([...words.slice(4, 8)]).toEqual(philox([1, 0, 5, 7], [3, 2 ** 8]));
});

test("uniform numbers are floats from 0 to below 1", () => {
  expect(uniform(0)).toBe(0);
  expect(uniform(ONES)).toBe(1 - 2 ** -24);
  expect(Math.fround(uniform(ONES))).toBe(uniform(ONES));
});

test("a shuffle is a permutation that changes with the epoch", () => {
  const order = shuffleOrder(1, 0, 101);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, i) => i));
  expect([...shuffleOrder(1, 0, 101)]).toEqual([...order]);
  expect([...shuffleOrder(1, 1, 101)]).not.toEqual([...order]);
  expect([...shuffleOrder(1, 0, 1)]).toEqual([0]);
  expect([...shuffleOrder(1, 0, 0)]).toEqual([]);
});
