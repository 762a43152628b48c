// Patience, worked out by hand: how many reports, better by how much, and who is asked then.
import { expect, test, vi } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { hyperband, median, patient } from "../../../../lib/search/pruners/index.js";
import { PlayedStudy } from "./play.js";

function play(pruner: ReturnType<typeof patient>, direction: "minimize" | "maximize", values: readonly number[]) {
  const study = new PlayedStudy(pruner, direction);
  const trial = study.begin();
  return values.map((value, step) => study.report(trial, step, value));
}

test.each([
  // Of patience + 1 reports each must be worse than the best before.
  [0, 0, "minimize", [3, 4, 3, 2, 2.5], [false, true, false, false, true]],
  [1, 0, "minimize", [3, 4, 5, 2, 2.5, 3], [false, false, true, false, false, true]],
  [1, 0, "maximize", [3, 2, 1, 4, 3, 2], [false, false, true, false, false, true]],
  [1, 1.5, "minimize", [3, 4, 4, 5, 5], [false, false, false, false, true]],
  [2, 0, "minimize", [3, 4, Number.NaN, 5, 6], [false, false, false, true, true]],
  [0, 0, "minimize", [Number.NaN, 5, Number.NaN, 6], [false, false, false, true]],
] as const)("patience %i and minDelta %d, %s: %j", (patience, minDelta, direction, values, pruned) => {
  expect(play(patient(undefined, patience, { minDelta }), direction, values)).toEqual(pruned);
});

test("asks the other pruner only when patience is over, and does as it says", () => {
  const prune = vi.fn(() => true);
  const pruned = play(patient({ name: "other", prune }, 1), "minimize", [3, 4, 5, 2]);
  expect(pruned).toEqual([false, false, true, false]);
  expect(prune).toHaveBeenCalledTimes(1);
  prune.mockReturnValue(false);
  expect(play(patient({ name: "other", prune }, 1), "minimize", [3, 4, 5, 2])).toEqual([false, false, false, false]);
});

test("samplers learn from the trials that the other pruner compares", () => {
  const study = new PlayedStudy(hyperband({ maxResource: 27 }));
  for (let number = 0; number < 20; number++) study.begin();
  const { record } = study;
  const trial = record.trials[3]!;
  expect(patient(hyperband({ maxResource: 27 }), 1).relevantTrials?.(record, trial)).toEqual(
    study.pruner.relevantTrials?.(record, trial),
  );
  expect(patient(median(), 1).relevantTrials).toBeUndefined();
});

test("bad calls say what was expected", () => {
  expect(() => patient(undefined, -1)).toThrow(
    new ArgumentError("patient: patience must be a whole number of at least 0, got -1"),
  );
  expect(() => patient(undefined, 1, { minDelta: -1 })).toThrow("minDelta must be a number at least 0, got -1");
  expect(() => patient("median" as never, 1)).toThrow(/expects a pruner such as median\(\).*got "median"/);
});
