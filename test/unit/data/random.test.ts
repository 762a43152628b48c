// The random numbers behind splits and made-up data never change, and are distributed as they say.
import { expect, test } from "vitest";
import { RandomStream } from "../../../lib/data/random.js";

test("a stream gives the same words for ever", () => {
  const random = new RandomStream(1, "test", 2);
  const words = Array.from({ length: 5 }, () => random.word());
  expect(words).toEqual([1378487883, 2027347829, 3952394555, 1614301741, 2990200781]);
});

test("streams differ by seed, also beyond 32 bits, by name and by step", () => {
  const first = [
    new RandomStream(1, "a"),
    new RandomStream(1 + 2 ** 32, "a"),
    new RandomStream(1, "b"),
    new RandomStream(1, "a", 1),
  ];
  expect(new Set(first.map((random) => random.word())).size).toBe(4);
});

test("uniform and below fill their range and stay in it", () => {
  const random = new RandomStream(2, "range");
  const draws = Array.from({ length: 20_000 }, () => random.uniform(-1, 3));
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...draws)).toBeLessThan(3);
  expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(1, 1);
  const counts = new Array(7).fill(0) as number[];
  for (let i = 0; i < 14_000; i++) counts[random.below(7)]!++;
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

test.each([
  ["normal", (random: RandomStream) => random.normal(), [0.6827, 0.9545, 0.9973]],
  // The sum of four bytes is a little flatter.
  ["roughNormal", (random: RandomStream) => random.roughNormal(), [0.666, 0.961, 0.9995]],
] as const)("%s has mean 0, deviation 1 and the shares within one, two and three", (_, draw, shares) => {
  const random = new RandomStream(3, "normal");
  const draws = Array.from({ length: 100_000 }, () => draw(random));
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  for (const [i, share] of shares.entries()) {
    const found = draws.filter((value) => Math.abs(value) < i + 1).length / draws.length;
    expect(Math.abs(found - share)).toBeLessThan(0.006);
  }
});

test("permutations hold every number once", () => {
  for (const count of [1, 2, 3, 1000]) {
    const order = new RandomStream(4, "order").permutation(count);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
});
