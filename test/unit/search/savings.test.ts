// What pruning saved, and the time that a study took.
import { expect, test } from "vitest";
import { pruningSavings, savingsText } from "../../../lib/search/savings.js";
import { summarize } from "../../../lib/search/summary.js";
import { study, trial } from "./sample_studies.js";

const steps = (count: number) => new Map(Array.from({ length: count }, (_, i) => [i + 1, 0.5]));

test("steps that pruned trials did not run, at their own time per step", () => {
  const saved = pruningSavings(
    study([
      trial(0, "complete", { reports: steps(10), values: [0.5], duration: 10 }),
      trial(1, "complete", { reports: steps(10), values: [0.5], duration: 30 }),
      trial(2, "pruned", { reports: steps(2), values: [0.5], duration: 4 }),
      trial(3, "pruned", { reports: steps(5), values: [0.5], duration: 5 }),
      trial(4, "failed", { reports: steps(3) }),
      trial(5, "running", { reports: steps(1) }),
    ]),
  );
  // 8 steps of 2 s and 5 of 1 s; 10 + 10 + 2 + 5 + 3 were run by finished trials.
  expect(saved).toEqual({
    trials: 2,
    stepsPerTrial: 10,
    stepsRun: 7,
    stepsSaved: 13,
    share: 13 / 43,
    millisecondsSaved: 21_000,
  });
  expect(savingsText(saved as NonNullable<typeof saved>)).toBe(
    "Pruning ended 2 trials after 7 steps in all; 13 more were not run, about 21 s at the speed of these trials (a complete trial has 10).",
  );
});

test("a trial that was pruned before its first report saved the median time of a complete one", () => {
  const saved = pruningSavings(
    study([trial(0, "complete", { reports: steps(4), values: [1], duration: 8 }), trial(1, "pruned", { duration: 1 })]),
  );
  expect(saved).toMatchObject({ stepsRun: 0, stepsSaved: 4, share: 0.5, millisecondsSaved: 8000 });
});

test("nothing is claimed without pruned trials, or without a complete one to compare with", () => {
  expect(pruningSavings(study([trial(0, "complete", { reports: steps(4), values: [1] })]))).toBeUndefined();
  expect(pruningSavings(study([trial(0, "pruned", { reports: steps(4), values: [1] })]))).toBeUndefined();
});

test("time: trials beside each other count once, pauses not at all", () => {
  const { time, counts, finished } = summarize(
    study([
      trial(0, "complete", { seconds: 0, duration: 10, values: [1] }),
      trial(1, "failed", { seconds: 5, duration: 10 }),
      trial(2, "complete", { seconds: 3600, duration: 20, values: [1] }),
      trial(3, "waiting"),
    ]),
  );
  expect(time).toEqual({ elapsed: 35_000, trials: 40_000 });
  expect(counts).toEqual({ complete: 2, failed: 1, waiting: 1, pruned: 0, running: 0 });
  expect(finished).toBe(3);
});
