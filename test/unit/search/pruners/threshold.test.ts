// Bounds on reports: which values prune, and when they are looked at.
import { expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { threshold } from "../../../../lib/search/pruners/index.js";
import { PlayedStudy } from "./play.js";

test.each([
  [{ upper: 1 }, [1, 1.01, Number.NaN, -1e9, Infinity], [false, true, true, false, true]],
  [{ lower: 0 }, [0, -0.01, Number.NaN, 1e9, -Infinity], [false, true, true, false, true]],
  [{ lower: 0, upper: 1 }, [0.5, -1, 2], [false, true, true]],
  [{ upper: 1, warmupSteps: 1, interval: 2 }, [2, 2, 2, 2, 0], [false, true, false, true, false]],
] as const)("%j: of %j", (options, values, pruned) => {
  const study = new PlayedStudy(threshold(options));
  const trial = study.begin();
  expect(values.map((value, step) => study.report(trial, step, value))).toEqual(pruned);
});

test("the report at the largest step is looked at", () => {
  const study = new PlayedStudy(threshold({ upper: 1 }));
  const trial = study.begin();
  expect([study.report(trial, 5, 0), study.report(trial, 3, 9)]).toEqual([false, false]);
});

test("bad calls say what was expected", () => {
  expect(() => threshold({})).toThrow(
    new ArgumentError("threshold: has neither lower nor upper; give at least one of them"),
  );
  expect(() => threshold({ lower: 2, upper: 1 })).toThrow("lower must not be above upper, got 2 and 1");
  expect(() => threshold({ lower: Number.NaN })).toThrow("threshold: lower must be a number, got NaN");
});
