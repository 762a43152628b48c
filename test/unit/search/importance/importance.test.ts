// Importances of objectives whose variances are known, and of studies that tell nothing.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { categoricalDistribution, floatDistribution, intDistribution } from "../../../../lib/search/distribution.js";
import { importances } from "../../../../lib/search/importance.js";
import type { StudyRecord } from "../../../../lib/search/record.js";
import { finishedStudy } from "./studies.js";

const unit = (name: string) => floatDistribution(name, 0, 1);

describe("variances of single parameters in closed form", () => {
  test("a sum: in the ratio of squared factors", () => {
    const study = finishedStudy({ a: unit("a"), b: unit("b"), c: unit("c") }, ({ a, b }) => 2 * +a! + +b!, 400);
    const found = importances(study);
    expect(Object.keys(found)).toEqual(["a", "b", "c"]);
    expect(Math.abs(found.a! - 0.8)).toBeLessThan(0.04);
    expect(Math.abs(found.b! - 0.2)).toBeLessThan(0.04);
    expect(found.c).toBeLessThan(0.01);
    expect(found.a! + found.b! + found.c!).toBeCloseTo(1, 12);
  });

  test("Ishigami's function: 0.3139 and 0.4424 of the variance, the third has none alone", () => {
    const angle = (name: string) => floatDistribution(name, -Math.PI, Math.PI);
    const study = finishedStudy(
      { x: angle("x"), y: angle("y"), z: angle("z") },
      ({ x, y, z }) => Math.sin(+x!) + 7 * Math.sin(+y!) ** 2 + 0.1 * (+z!) ** 4 * Math.sin(+x!),
      1500,
    );
    const found = importances(study);
    expect(Object.keys(found)).toEqual(["y", "x", "z"]);
    // Forests of so few trials overstate x, which steers what z does: 0.51 and 0.48 for 0.585 and 0.415; 6000 trials give 0.56.
    expect(Math.abs(found.y! - 0.4424 / 0.7563)).toBeLessThan(0.09);
    expect(Math.abs(found.x! - 0.3139 / 0.7563)).toBeLessThan(0.09);
    expect(found.z).toBeLessThan(0.03);
  });

  test("choices and whole numbers: effects 0, 1, 2 have variance 2/3, of 0 to 4 by half 1/2", () => {
    const study = finishedStudy(
      { choice: categoricalDistribution("choice", ["a", "b", "c"]), whole: intDistribution("whole", 0, 4) },
      ({ choice, whole }) => "abc".indexOf(String(choice)) + 0.5 * +whole!,
      300,
    );
    const found = importances(study);
    // A whole number counts as the interval 0 to 4, its step function as 0, 1/2, ... with half as much of the ends.
    const whole = 0.25 * ((2 * 4 * 0.5 + 2 * 1) / 4);
    expect(Math.abs(found.choice! - 2 / 3 / (2 / 3 + whole))).toBeLessThan(0.05);
  });

  test("the logarithm weighs decades alike when asked to", () => {
    const study = finishedStudy(
      { rate: floatDistribution("rate", 1e-4, 1, { log: true }), b: unit("b") },
      ({ rate, b }) => (+rate! < 0.01 ? 1 : 0) + +b!,
      400,
    );
    // Linear: a hundredth of the range, variance 0.0099; logarithm: half of it, 1/4. That of b is 1/12.
    expect(Math.abs(importances(study).rate! - 0.0099 / (0.0099 + 1 / 12))).toBeLessThan(0.04);
    expect(Math.abs(importances(study, { logScale: true }).rate! - 0.25 / (0.25 + 1 / 12))).toBeLessThan(0.04);
  });
});

describe("what is read", () => {
  const study = finishedStudy({ a: unit("a"), b: unit("b") }, ({ a }) => +a!, 40);

  test("the same study and seed give the same figures, another seed others", () => {
    expect(importances(study)).toEqual(importances(study, { seed: 1 }));
    expect(importances(study, { seed: 2 })).not.toEqual(importances(study));
  });

  test("complete trials with finite values alone", () => {
    const more: StudyRecord = {
      ...study,
      trials: [
        ...study.trials,
        { ...study.trials[0]!, number: 40, state: "pruned", values: [1e6] },
        { ...study.trials[0]!, number: 41, state: "failed", values: undefined, distributions: {} },
        { ...study.trials[0]!, number: 42, values: [Number.POSITIVE_INFINITY] },
      ],
    };
    expect(importances(more)).toEqual(importances(study));
  });

  test("not parameters that some trials lack; single values are 0", () => {
    const { parameters } = study.trials[0]!;
    const one = floatDistribution("one", 3, 3);
    const trials = study.trials.map((trial, i) => ({
      ...trial,
      parameters: { ...parameters, ...trial.parameters, one: 3, ...(i > 0 ? { c: 1 } : {}) },
      distributions: { ...trial.distributions, one, ...(i > 0 ? { c: unit("c") } : {}) },
    }));
    const found = importances({ ...study, trials });
    expect(Object.keys(found)).toEqual(["a", "b", "one"]);
    expect(found.one).toBe(0);
  });

  test("one objective of several", () => {
    const two = finishedStudy({ a: unit("a"), b: unit("b") }, ({ a, b }) => [+a!, +b!], 60);
    expect(Object.keys(importances(two, { objective: 0 }))).toEqual(["a", "b"]);
    expect(Object.keys(importances(two, { objective: 1 }))).toEqual(["b", "a"]);
    expect(() => importances(two)).toThrow(
      new ArgumentError("importances: the study has 2 objectives; objective must be an index from 0 to 1, got nothing"),
    );
  });

  test("nothing told is 0", () => {
    expect(importances({ ...study, trials: [] })).toEqual({});
    expect(importances({ ...study, trials: study.trials.slice(0, 1) })).toEqual({ a: 0, b: 0 });
    expect(importances(finishedStudy({ a: unit("a") }, () => 5, 10))).toEqual({ a: 0 });
  });

  test("bad calls say what was expected", () => {
    expect(() => importances(study, { method: "shap" as never })).toThrow(
      'method must be one of "fanova", "pedAnova", got "shap"',
    );
    expect(() => importances(study, { seed: -1 })).toThrow("importances: seed must be a whole number");
    expect(() => importances(study, { objective: 1 })).toThrow(/1 objectives.*got 1/);
  });
});
