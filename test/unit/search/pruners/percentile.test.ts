// The percentile rule, worked out by hand: what is compared, when, and what NaN does.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { median, noPruner, percentile } from "../../../../lib/search/pruners/index.js";
import { PlayedStudy } from "./play.js";

/** Complete trials that reported 1, 2, 3, 4 and 5 at step 0. */
function five(pruner: ReturnType<typeof median>, direction: "minimize" | "maximize" = "minimize"): PlayedStudy {
  const study = new PlayedStudy(pruner, direction);
  for (const value of [5, 1, 4, 2, 3]) study.complete(value);
  return study;
}

describe("what is compared", () => {
  test.each([
    // The bound is 3 by the median of 1 to 5, 2 by the best quarter; equal is good enough.
    [median(), "minimize", 3, false],
    [median(), "minimize", 3.01, true],
    [median(), "maximize", 3, false],
    [median(), "maximize", 2.99, true],
    [percentile(25), "minimize", 2, false],
    [percentile(25), "minimize", 2.01, true],
    [percentile(25), "maximize", 4, false],
    [percentile(25), "maximize", 3.99, true],
    // Between order statistics: 10 % of the way from rank 0 to rank 4 is 1.4.
    [percentile(10), "minimize", 1.39, false],
    [percentile(10), "minimize", 1.41, true],
    [percentile(0), "minimize", 1.01, true],
    [percentile(100), "minimize", 5, false],
    [percentile(100), "minimize", 5.01, true],
    [noPruner(), "minimize", 1e9, false],
  ] as const)("%o, %s: %d is pruned: %s", (pruner, direction, value, pruned) => {
    const study = five(pruner, direction);
    expect(study.report(study.begin(), 0, value)).toBe(pruned);
  });

  test("the best report so far counts, not the latest", () => {
    const study = new PlayedStudy(median({ startupTrials: 1 }));
    study.complete(5, 5);
    const trial = study.begin();
    expect(study.report(trial, 0, 4)).toBe(false);
    expect(study.report(trial, 1, 9)).toBe(false);
  });

  test("only complete trials, and only their report at the same step", () => {
    const study = new PlayedStudy(median({ startupTrials: 1 }));
    for (const state of ["running", "pruned", "failed"] as const) {
      const other = study.begin();
      study.report(other, 0, 0);
      study.end(other, state);
    }
    study.complete(2, 1);
    const trial = study.begin();
    expect(study.report(trial, 0, 2)).toBe(false);
    expect(study.report(trial, 1, 2)).toBe(true);
    expect(study.report(trial, 2, 2)).toBe(false);
  });
});

describe("when", () => {
  test("not before five trials are complete, or as many as asked for", () => {
    for (const [pruner, startup] of [
      [median(), 5],
      [median({ startupTrials: 2 }), 2],
      [median({ startupTrials: 0 }), 1],
    ] as const) {
      const study = new PlayedStudy(pruner);
      for (let complete = 0; complete < startup; complete++) {
        expect(study.report(study.begin(), 0, 9)).toBe(false);
        study.complete(1);
      }
      expect(study.report(study.begin(), 0, 9)).toBe(true);
    }
  });

  test("not while fewer than minimumTrials have reported at the step", () => {
    const study = new PlayedStudy(median({ startupTrials: 0, minimumTrials: 2 }));
    study.complete(1, 1);
    study.complete(1);
    const trial = study.begin();
    expect([study.report(trial, 0, 9), study.report(trial, 1, 9)]).toEqual([true, false]);
  });

  test("every third step from the second on, put off to the next report", () => {
    const study = new PlayedStudy(median({ startupTrials: 0, warmupSteps: 2, interval: 3 }));
    study.complete(...Array.from({ length: 12 }, () => 1));
    const trial = study.begin();
    const pruned = [0, 1, 2, 3, 4, 6, 7, 8, 11].map((step) => study.report(trial, step, 9));
    expect(pruned).toEqual([false, false, true, false, false, true, false, true, true]);
  });

  test("by the largest step, whatever the order of reports", () => {
    const study = new PlayedStudy(median({ startupTrials: 0 }));
    study.complete(1, 100, 1);
    const trial = study.begin();
    expect(study.report(trial, 1, 9)).toBe(false);
    // Step 0 alone would have pruned.
    expect(study.report(trial, 0, 9)).toBe(false);
  });
});

describe("NaN", () => {
  test("a trial of nothing else is pruned; one number is enough to stay", () => {
    const study = five(percentile(100));
    const trial = study.begin();
    expect(study.report(trial, 0, Number.NaN)).toBe(true);
    expect(study.report(trial, 1, 7)).toBe(false);
  });

  test("of others is left out", () => {
    const study = new PlayedStudy(median({ startupTrials: 0 }));
    study.complete(Number.NaN, Number.NaN);
    study.complete(1, Number.NaN);
    const trial = study.begin();
    expect([study.report(trial, 0, 2), study.report(trial, 1, 2)]).toEqual([true, false]);
  });
});

test("bad calls say what was expected", () => {
  expect(() => percentile(101)).toThrow(
    new ArgumentError("percentile: percent must be a number at least 0 and at most 100, got 101"),
  );
  expect(() => median({ startupTrials: -1 })).toThrow(
    "median: startupTrials must be a whole number of at least 0, got -1",
  );
  expect(() => median({ interval: 0 })).toThrow("median: interval must be a whole number of at least 1, got 0");
  expect(() => median({ minimumTrials: 0.5 })).toThrow(ArgumentError);
  expect(() => median({ warmup: 1 } as object)).toThrow(
    'median: unknown option "warmup"; it has startupTrials, warmupSteps, interval, minimumTrials',
  );
});
