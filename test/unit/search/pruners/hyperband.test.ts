// Brackets of hyperband: how many, who is in which, and that only their own trials are compared.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { crc32 } from "../../../../lib/search/pruners/crc32.js";
import { hyperband } from "../../../../lib/search/pruners/index.js";
import { logarithm } from "../../../../lib/search/pruners/logarithm.js";
import { PlayedStudy } from "./play.js";

/** Numbers of the trials that a sampler should learn from for each trial, as text, each group once. */
function groups(study: PlayedStudy, count: number): string[] {
  while (study.record.trials.length < count) study.begin();
  const { record } = study;
  const all = record.trials.map((trial) =>
    study.pruner
      .relevantTrials?.(record, trial)
      .map(({ number }) => number)
      .join(" "),
  );
  return [...new Set(all)] as string[];
}

describe("brackets", () => {
  test("divide the trials, each in one that holds itself", () => {
    const divided = groups(new PlayedStudy(hyperband({ maxResource: 9 })), 60);
    expect(divided).toHaveLength(3);
    const numbers = divided.flatMap((group) => group.split(" ").map(Number));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, number) => number));
  });

  test("get trials by the remainder of the checksum: of 9, 5 and 3 in 17 for three brackets", () => {
    const study = new PlayedStudy(hyperband({ maxResource: 9 }));
    groups(study, 40);
    const { record } = study;
    const expected = record.trials.filter(({ number }) => crc32(`played_${number}`) % 17 < 9);
    expect(expected.length).toBeGreaterThan(10);
    expect(study.pruner.relevantTrials?.(record, expected[0]!)).toEqual(expected);
  });

  test.each([
    [{ maxResource: 1 }, 1],
    [{ maxResource: 8 }, 2],
    [{ maxResource: 27 }, 4],
    [{ maxResource: 27, minResource: 3 }, 3],
    // Rounded down across a whole number, as in Python.
    [{ maxResource: 243 }, 5],
    [{ maxResource: 1000, reductionFactor: 10 }, 3],
  ])("%j makes %i", (options, count) => {
    expect(groups(new PlayedStudy(hyperband(options)), 300)).toHaveLength(count);
  });

  test("decide first at minResource, times reductionFactor for each bracket", () => {
    const study = new PlayedStudy(hyperband({ maxResource: 9 }));
    groups(study, 60);
    const first = new Set<number>();
    for (const { number } of study.record.trials)
      for (let step = 1; step <= 9; step++) {
        study.report(number, step, 1);
        if (Object.keys(study.rungs(number)).length === 0) continue;
        first.add(step);
        break;
      }
    expect([...first].sort()).toEqual([1, 3, 9]);
  });

  test("keep to themselves: a better trial of another bracket prunes nothing", () => {
    const study = new PlayedStudy(hyperband({ maxResource: 9 }));
    const [one, other] = groups(study, 40).map((group) => group.split(" ").map(Number)) as [number[], number[]];
    expect(study.report(one[0]!, 9, 1)).toBe(false);
    expect(study.report(other[0]!, 9, 2)).toBe(false);
    expect(study.report(other[1]!, 9, 3)).toBe(true);
    expect(study.report(one[1]!, 9, 1.5)).toBe(true);
  });
});

test("the longest trial is told from the first complete one and kept; before that all are one bracket", () => {
  const study = new PlayedStudy(hyperband());
  expect(study.report(study.begin(), 50, 9)).toBe(false);
  expect(groups(study, 30)).toHaveLength(1);
  // Steps 0 to 8: nine of them.
  study.complete(1, 1, 1, 1, 1, 1, 1, 1, 1);
  const trial = study.begin();
  study.report(trial, 0, 1);
  expect(study.attributes(trial)).toEqual({ hyperband_max_resource: 9 });
  const before = groups(study, 60);
  expect(before).toHaveLength(3);
  study.complete(...Array.from({ length: 100 }, () => 1));
  study.report(study.begin(), 0, 1);
  expect(groups(study, 62)).toHaveLength(3);
});

test("a first trial shorter than minResource makes no bracket and prunes nothing", () => {
  const study = new PlayedStudy(hyperband({ minResource: 10 }));
  study.complete(1, 1);
  for (const value of [1, 2, 3]) expect(study.report(study.begin(), 50, value)).toBe(false);
});

test("checksums are those of zip files", () => {
  expect(crc32("")).toBe(0);
  expect(crc32("123456789")).toBe(0xcbf43926);
  expect(crc32("The quick brown fox jumps over the lazy dog")).toBe(0x414fa339);
  // Bytes are UTF-8: of "é" they are c3 a9.
  expect(crc32("é")).toBe(crc32FromBits([0xc3, 0xa9]));
});

/** Division of polynomials bit by bit, without a table. */
function crc32FromBits(bytes: readonly number[]): number {
  let remainder = 0xffffffffn;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const odd = (remainder ^ (BigInt(byte) >> BigInt(bit))) & 1n;
      remainder = (remainder >> 1n) ^ (odd * 0xedb88320n);
    }
  return Number(remainder ^ 0xffffffffn);
}

test("logarithms are rounded to nearest", () => {
  // More digits than a double holds.
  expect(logarithm(2)).toBe(Number("0.693147180559945309417232"));
  expect(logarithm(3)).toBe(Number("1.098612288668109691395245"));
  expect(logarithm(10)).toBe(Number("2.302585092994045684017991"));
  expect(logarithm(243)).toBe(Number("5.493061443340548456976226"));
  expect(logarithm(0.125)).toBe(-Number("2.079441541679835928251696"));
  expect(logarithm(1)).toBe(0);
  expect(logarithm(2 ** 40 - 2 ** -13)).toBeCloseTo(40 * Math.LN2, 13);
});

test("bad calls say what was expected", () => {
  expect(() => hyperband({ maxResource: 3, minResource: 5 })).toThrow(
    new ArgumentError(
      "hyperband: maxResource must be at least minResource, got 3 and 5; maxResource is the steps of a whole trial",
    ),
  );
  expect(() => hyperband({ bootstrapCount: 1 })).toThrow("bootstrapCount 1 needs a maxResource in steps");
  expect(() => hyperband({ maxResource: "all" as never })).toThrow(/maxResource must be .* got "all"/);
});
