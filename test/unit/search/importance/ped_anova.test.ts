// PED-ANOVA by hand for choices, and against figures of Optuna 5.0.0.dev (its get_param_importances) for a mixed space.
import { expect, test } from "vitest";
import { categoricalDistribution, floatDistribution, intDistribution } from "../../../../lib/search/distribution.js";
import { pedAnova } from "../../../../lib/search/importance/ped_anova.js";
import { importances } from "../../../../lib/search/importance.js";
import type { StudyRecord } from "../../../../lib/search/record.js";
import { finishedStudy } from "./studies.js";

/** Momentum is a parameter of one optimizer only. */
function conditionalStudy(): StudyRecord {
  const study = finishedStudy(
    {
      rate: floatDistribution("rate", 1e-4, 1, { log: true }),
      depth: intDistribution("depth", 1, 6),
      width: intDistribution("width", 4, 200, { log: true }),
      optimizer: categoricalDistribution("optimizer", ["sgd", "adam", "rmsprop"]),
      momentum: floatDistribution("momentum", 0, 0.9),
      one: floatDistribution("one", 2, 2),
    },
    ({ rate, depth, width, optimizer, momentum }) =>
      (Math.log10(Number(rate)) + 2) ** 2 +
      0.3 * Number(depth) -
      0.2 * Math.log(Number(width)) +
      (optimizer === "adam" ? 0 : 0.7) +
      (optimizer === "sgd" ? -2 * Number(momentum) : 0),
    150,
    7,
  );
  const trials = study.trials.map((trial) => {
    if (trial.parameters.optimizer === "sgd") return trial;
    const { momentum: _, ...parameters } = trial.parameters;
    const { momentum: __, ...distributions } = trial.distributions;
    return { ...trial, parameters, distributions };
  });
  return { ...study, trials };
}

test("two choices, ten trials each, the best two of one choice: a ninth", () => {
  const { trials } = finishedStudy({ choice: categoricalDistribution("choice", ["a", "b"]) }, () => 0, 20);
  const halves = trials.map((trial, i) => ({ ...trial, parameters: { choice: i < 10 ? "a" : "b" } }));
  // Among the best 2/3 and 1/3: kernels 3/4, 1/4 of weight 2 and a prior of weight 1; among all 1/2 and 1/2.
  const losses = halves.map((_, i) => i);
  expect(pedAnova("choice", halves, losses)).toBeCloseTo(1 / 9, 9);
});

test("a mixed space with a conditional parameter: as Optuna", () => {
  const found = importances(conditionalStudy(), { method: "pedAnova" });
  const expected = {
    rate: 0.3534338301404912,
    momentum: 0.34182583593372967,
    depth: 0.15127160606424295,
    optimizer: 0.10369314243329049,
    width: 0.04977558542824572,
    one: 0,
  };
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, importance] of Object.entries(expected)) expect(found[name]).toBeCloseTo(importance, 9);
});

test("maximize looks at the other end", () => {
  const study = conditionalStudy();
  const trials = study.trials.map((trial) => ({ ...trial, values: [-(trial.values?.[0] as number)] }));
  expect(importances({ ...study, trials, directions: ["maximize"] }, { method: "pedAnova" })).toEqual(
    importances(study, { method: "pedAnova" }),
  );
  expect(importances({ ...study, trials }, { method: "pedAnova" })).not.toEqual(
    importances(study, { method: "pedAnova" }),
  );
});

test("nothing told is 0", () => {
  const method = "pedAnova";
  const space = { a: floatDistribution("a", 0, 1) };
  expect(
    importances(
      finishedStudy(space, () => 5, 30),
      { method },
    ),
  ).toEqual({ a: 0 });
  expect(
    importances(
      finishedStudy(space, ({ a }) => Number(a), 1),
      { method },
    ),
  ).toEqual({ a: 0 });
});
