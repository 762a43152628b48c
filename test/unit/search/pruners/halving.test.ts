// Successive halving, worked out by hand: rungs, who goes on, and what is noted in the trials.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { asha } from "../../../../lib/search/pruners/index.js";
import { PlayedStudy } from "./play.js";

/** Whether each of these is pruned when, one after the other, they report at one step. */
function rung(study: PlayedStudy, step: number, values: readonly number[]): boolean[] {
  return values.map((value) => study.report(study.begin(), step, value));
}

describe("at a rung", () => {
  test("the best so far goes on while there are too few to share, then the best half", () => {
    const study = new PlayedStudy(asha({ minResource: 1, reductionFactor: 2 }));
    // Of 1, 2, 3 one goes on; of 4 and 5 two; of 6 three.
    expect(rung(study, 1, [5, 6, 4, 4.5, 4.6, 4.6])).toEqual([false, true, false, false, true, false]);
  });

  test("large values are good when maximized, and ties go on", () => {
    const study = new PlayedStudy(asha({ minResource: 1, reductionFactor: 2 }), "maximize");
    expect(rung(study, 1, [5, 6, 6, 5])).toEqual([false, false, false, true]);
  });

  test("NaN ends the trial and is not noted; before the rung it does nothing", () => {
    const study = new PlayedStudy(asha({ minResource: 2, reductionFactor: 2 }));
    const trial = study.begin();
    expect(study.report(trial, 1, Number.NaN)).toBe(false);
    expect(study.report(trial, 2, Number.NaN)).toBe(true);
    expect(study.rungs(trial)).toEqual({});
  });

  test("nobody goes on before bootstrapCount others were there", () => {
    const study = new PlayedStudy(asha({ minResource: 1, reductionFactor: 2, bootstrapCount: 2 }));
    expect(rung(study, 1, [5, 4, 3, 2])).toEqual([true, true, false, false]);
  });
});

describe("rungs", () => {
  test("are at minResource, then reductionFactor times as far each", () => {
    const study = new PlayedStudy(asha({ minResource: 2, reductionFactor: 3 }));
    const trial = study.begin();
    for (let step = 1; step <= 18; step++) expect(study.report(trial, step, step / 10)).toBe(false);
    expect(study.rungs(trial)).toEqual({ completed_rung_0: 0.2, completed_rung_1: 0.6, completed_rung_2: 1.8 });
  });

  test("are left out at the start by minEarlyStoppingRate", () => {
    const study = new PlayedStudy(asha({ minResource: 2, reductionFactor: 3, minEarlyStoppingRate: 1 }));
    const trial = study.begin();
    expect(study.report(trial, 5, 1)).toBe(false);
    expect(study.rungs(trial)).toEqual({});
    expect(study.report(trial, 6, 2)).toBe(false);
    expect(study.rungs(trial)).toEqual({ completed_rung_0: 2 });
  });

  test("that were passed between two reports are decided at the later one, until one of them prunes", () => {
    const study = new PlayedStudy(asha({ minResource: 1, reductionFactor: 2 }));
    const first = study.begin();
    expect(study.report(first, 4, 1)).toBe(false);
    expect(study.rungs(first)).toEqual({ completed_rung_0: 1, completed_rung_1: 1, completed_rung_2: 1 });
    const second = study.begin();
    expect(study.report(second, 4, 3)).toBe(true);
    expect(study.rungs(second)).toEqual({ completed_rung_0: 3 });
  });

  test("count pruned, failed and running trials", () => {
    for (const state of ["pruned", "failed", "running", "complete"] as const) {
      const study = new PlayedStudy(asha({ minResource: 1, reductionFactor: 2 }));
      const first = study.begin();
      study.report(first, 1, 1);
      study.end(first, state);
      expect(study.report(study.begin(), 1, 2)).toBe(true);
    }
  });
});

describe("the resource told from the first complete trial", () => {
  test("nothing is pruned without one; then a hundredth of its steps, at least 1, for good", () => {
    const study = new PlayedStudy(asha({ reductionFactor: 2 }));
    const early = study.begin();
    expect(study.report(early, 400, 1)).toBe(false);
    expect(study.attributes(early)).toEqual({});
    study.complete(...Array.from({ length: 251 }, () => 1));
    const trial = study.begin();
    expect(study.report(trial, 1, 5)).toBe(false);
    expect(study.attributes(trial)).toEqual({ asha_min_resource: 2 });
    study.complete(...Array.from({ length: 1001 }, () => 1));
    expect(study.report(trial, 2, 5)).toBe(false);
    expect(study.rungs(trial)).toEqual({ completed_rung_0: 5 });
    const last = study.begin();
    expect(study.report(last, 2, 6)).toBe(true);
    expect(study.attributes(last)).toEqual({ completed_rung_0: 6 });
  });

  test("is at least 1", () => {
    const study = new PlayedStudy(asha());
    study.complete(1, 1, 1);
    const trial = study.begin();
    study.report(trial, 1, 1);
    expect(study.attributes(trial)).toEqual({ asha_min_resource: 1, completed_rung_0: 1 });
  });
});

test("bad calls say what was expected", () => {
  expect(() => asha({ reductionFactor: 1 })).toThrow(
    new ArgumentError("asha: reductionFactor must be a whole number of at least 2, got 1"),
  );
  expect(() => asha({ minResource: 0 })).toThrow('minResource must be a whole number of at least 1 or "auto", got 0');
  expect(() => asha({ minEarlyStoppingRate: -1 })).toThrow(ArgumentError);
  expect(() => asha({ bootstrapCount: 1 })).toThrow(
    /bootstrapCount 1 needs a minResource in steps.*give a whole number/,
  );
  expect(() => asha({ eta: 3 } as object)).toThrow('unknown option "eta"');
});
