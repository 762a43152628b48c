// The tree-structured Parzen estimator as a sampler: bounds, seeds, conditional spaces, pruned and running trials, learning.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { floatDistribution } from "../../../../lib/search/distribution.js";
import { random } from "../../../../lib/search/samplers/random.js";
import type { Sampler } from "../../../../lib/search/samplers/sampler.js";
import { type TpeOptions, tpe } from "../../../../lib/search/samplers/tpe.js";
import { PretendStudy, type PretendTrial } from "../pretend_study.js";

const everyKind = (trial: PretendTrial): number =>
  trial.float("x", -3, 5) ** 2 +
  Math.log(trial.float("rate", 1e-6, 1, { log: true })) ** 2 / 50 +
  trial.float("dropout", 0, 0.5, { step: 0.1 }) +
  trial.int("depth", 1, 7, { step: 2 }) +
  trial.int("width", 4, 256, { log: true }) / 64 +
  (trial.categorical("optimizer", ["sgd", "adam", null]) === "adam" ? 0 : 1) +
  trial.float("fixed", 2, 2);

const conditional = (trial: PretendTrial): number =>
  trial.categorical("kind", ["a", "b"]) === "a"
    ? (trial.float("x", 0, 1) - 0.3) ** 2 + (trial.float("y", 0, 1) - 0.3) ** 2
    : 1 + trial.float("z", 0, 1);

const parameters = (study: PretendStudy) => study.record.trials.map((trial) => trial.parameters);
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const variants: [string, TpeOptions][] = [
  ["together", {}],
  ["together, by Scott's rule", { bandwidth: "scott" }],
  ["together without groups", { group: false }],
  ["each by itself", { multivariate: false, endpoints: true }],
  ["with few candidates, without liar", { constantLiar: false, priorWeight: 0.5, candidates: 8 }],
];

describe.each(variants)("%s", (_, options) => {
  test("proposals are within bounds and on their steps, and better than random ones", () => {
    // A pretended study checks every value against its distribution.
    const best = (study: PretendStudy) => Math.min(...study.record.trials.map(({ values }) => values![0]!));
    const found = [1, 2, 3].map((seed) => best(new PretendStudy().run(tpe({ seed, ...options }), everyKind, 60)));
    const drawn = [1, 2, 3].map((seed) => best(new PretendStudy().run(random({ seed }), everyKind, 60)));
    expect(mean(found)).toBeLessThan(mean(drawn));
  });

  test("learns in a conditional space which branch is good, and within it", () => {
    const study = new PretendStudy().run(tpe({ seed: 4, ...options }), conditional, 80);
    const late = study.record.trials.slice(50);
    expect(late.filter((trial) => trial.parameters.kind === "a").length).toBeGreaterThan(22);
    expect(mean(late.map(({ values }) => values![0]!))).toBeLessThan(0.3);
  });

  test("the same seed gives the same trials, another seed others", () => {
    const run = (seed: number) => parameters(new PretendStudy().run(tpe({ seed, ...options }), conditional, 20));
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });
});

test("the first trials are random, as random search has them", () => {
  const drawn = parameters(new PretendStudy().run(random({ seed: 3 }), everyKind, 6));
  const found = parameters(new PretendStudy().run(tpe({ seed: 3, startupTrials: 5 }), everyKind, 6));
  expect(found.slice(0, 5)).toEqual(drawn.slice(0, 5));
  expect(found[5]).not.toEqual(drawn[5]);
  const first = parameters(new PretendStudy().run(tpe({ seed: 3, startupTrials: 0 }), everyKind, 1));
  expect(first[0]).toEqual(drawn[0]);
});

test("without a seed two samplers differ", () => {
  const run = () => parameters(new PretendStudy().run(tpe(), everyKind, 2));
  expect(run()).not.toEqual(run());
});

test("maximizing is minimizing the negative", () => {
  const up = new PretendStudy(["maximize"]).run(tpe({ seed: 2 }), (trial) => -everyKind(trial), 25);
  const down = new PretendStudy(["minimize"]).run(tpe({ seed: 2 }), everyKind, 25);
  expect(parameters(up)).toEqual(parameters(down));
});

test("without the clip proposals become narrow, and stay within bounds", () => {
  const late = (magicClip: boolean) => {
    const objective = (trial: PretendTrial) => trial.float("x", 0, 1);
    const study = new PretendStudy().run(tpe({ seed: 1, magicClip }), objective, 80);
    return mean(study.record.trials.slice(60).map(({ values }) => values![0]!));
  };
  expect(late(false)).toBeLessThan(late(true));
  new PretendStudy().run(tpe({ seed: 1, magicClip: false }), everyKind, 40);
});

test("parameters that go together are learned together", () => {
  const unit = floatDistribution("x", 0, 1);
  const agreeing = (multivariate: boolean): number => {
    const study = new PretendStudy();
    // Good when both are low or both are high: each alone tells nothing.
    for (let i = 0; i < 40; i++) {
      const parameters = { x: (i & 1 ? 0.2 : 0.8) + i / 1000, y: (i & 2 ? 0.2 : 0.8) - i / 1000 };
      const value = (i & 1) === (i & 2) >> 1 ? 0 : 1;
      study.add({ state: "complete", values: [value], parameters, distributions: { x: unit, y: unit } });
    }
    let count = 0;
    for (let seed = 0; seed < 40; seed++) {
      const trial = study.ask(tpe({ seed, multivariate, gamma: (n) => n / 2 }));
      if (Math.abs(trial.float("x", 0, 1) - trial.float("y", 0, 1)) < 0.4) count++;
      study.tell(trial, "failed");
    }
    return count;
  };
  expect(agreeing(true)).toBeGreaterThan(36);
  expect(agreeing(false)).toBeLessThan(32);
});

test("groups: parameters of a branch are proposed together, those of the other one as well", () => {
  const study = new PretendStudy().run(tpe({ seed: 1 }), conditional, 20);
  const trial = study.ask();
  const together = tpe({ seed: 1 }).sampleTogether!(study.record, trial.live);
  expect(Object.keys(together).sort()).toEqual(["kind", "x", "y", "z"]);
  const common = tpe({ seed: 1, group: false }).sampleTogether!(study.record, trial.live);
  expect(Object.keys(common)).toEqual(["kind"]);
  expect(tpe({ seed: 1, multivariate: false }).sampleTogether!(study.record, trial.live)).toEqual({});
});

test("bounds and choices may change: what lies outside now is not learned from", () => {
  const study = new PretendStudy().run(tpe({ seed: 1 }), (trial) => trial.float("x", 0, 1), 20);
  study.run(tpe({ seed: 1 }), (trial) => trial.float("x", 5, 9) + (trial.categorical("c", [1, 2]) as number), 15);
  study.run(tpe({ seed: 1 }), (trial) => trial.float("x", -1, 6) + (trial.categorical("c", [2, 3]) as number), 15);
  expect(study.record.trials).toHaveLength(50);
});

describe("trials that are not complete", () => {
  const near = (target: number) => (trial: PretendTrial) => Math.abs(trial.float("x", 0, 1) - target);

  test("pruned ones teach, failed ones do not", () => {
    const study = new PretendStudy();
    // Pruned near 0.2, where later steps were reached; failed everywhere else.
    for (let i = 0; i < 30; i++) {
      const x = (i + 0.5) / 30;
      const fields = { parameters: { x }, distributions: { x: floatDistribution("x", 0, 1) } };
      const step = Math.abs(x - 0.2) < 0.1 ? 9 : 1;
      study.add({ state: "pruned", values: [1], reports: new Map([[step, 1]]), ...fields });
      study.add({ state: "failed", ...fields });
    }
    const proposals = Array.from({ length: 20 }, (_, seed) => {
      const trial = study.ask(tpe({ seed }));
      const x = trial.float("x", 0, 1);
      study.tell(trial, "failed");
      return x;
    });
    expect(mean(proposals.map((x) => Math.abs(x - 0.2)))).toBeLessThan(0.12);
    const fail = (trial: PretendTrial) => {
      near(0.5)(trial);
      return "failed" as const;
    };
    // Nothing learned: as random as random search.
    const failures = (sampler: Sampler) => parameters(new PretendStudy().run(sampler, fail, 30));
    expect(failures(tpe({ seed: 1 }))).toEqual(failures(random({ seed: 1 })));
  });

  test("running ones keep proposals apart with the constant liar", () => {
    const spread = (options: TpeOptions): number => {
      const study = new PretendStudy().run(random({ seed: 1 }), near(0.5), 40);
      // Eight workers at once, each with a sampler of its own.
      const proposals = Array.from({ length: 8 }, (_, worker) =>
        study.ask(tpe({ seed: 10 + worker, ...options })).float("x", 0, 1),
      );
      proposals.sort((a, b) => a - b);
      return proposals.at(-1)! - proposals[0]!;
    };
    for (const multivariate of [true, false])
      expect(spread({ multivariate, constantLiar: true })).toBeGreaterThan(
        spread({ multivariate, constantLiar: false }),
      );
  });

  test("what was proposed counts before the objective asks for it", () => {
    const history = () => new PretendStudy().run(random({ seed: 1 }), conditional, 40);
    const propose = (study: PretendStudy) => tpe({ seed: 1 }).sampleTogether!(study.record, study.ask().live);
    const busy = history();
    const idle = history();
    for (let i = 0; i < 5; i++) busy.ask(tpe({ seed: 2 + i }));
    // The same number of trials, without proposals.
    for (let i = 0; i < 5; i++) idle.ask();
    expect(propose(busy)).not.toEqual(propose(idle));
    // Optuna's form: JSON in numbered pieces.
    const noted = JSON.parse(busy.record.trials[40]!.systemAttributes["tpe:relative_params:0"] as string);
    expect(Object.keys(noted).sort()).toEqual(["kind", "x", "y", "z"]);
  });

  test("a note that is cut off is ignored", () => {
    const study = new PretendStudy().run(random({ seed: 1 }), conditional, 40);
    study.add({ systemAttributes: { "tpe:relative_params:0": '{"kind": "a", "x": 0.' } });
    study.run(tpe({ seed: 1 }), conditional, 1);
    expect(study.record.trials.at(-1)!.state).toBe("complete");
  });
});

test("several objectives: proposals come near the Pareto front", () => {
  // Best from 0 to 1, where one objective is traded for the other; y only costs.
  const objective = (trial: PretendTrial) => {
    const x = trial.float("x", -4, 5);
    const y = trial.float("y", 0, 1);
    return [x ** 2 + y, (x - 1) ** 2 + y];
  };
  for (const multivariate of [true, false]) {
    const study = new PretendStudy(["minimize", "minimize"]).run(tpe({ seed: 5, multivariate }), objective, 100);
    const late = study.record.trials.slice(60).map((trial) => trial.parameters as { x: number; y: number });
    expect(late.filter(({ x }) => x > -0.5 && x < 1.5).length).toBeGreaterThan(25);
    expect(mean(late.map(({ y }) => y))).toBeLessThan(0.35);
  }
});

test("infinite values are carried on from", () => {
  const objective = (trial: PretendTrial) => (trial.float("x", 0, 1) < 0.5 ? Number.POSITIVE_INFINITY : 1);
  const study = new PretendStudy().run(tpe({ seed: 1 }), objective, 40);
  expect(study.record.trials.slice(20).filter(({ values }) => values![0] === 1).length).toBeGreaterThan(14);
});

test("gamma decides how many trials are good ones", () => {
  const seen: number[] = [];
  const gamma = (finished: number) => {
    seen.push(finished);
    return 3;
  };
  new PretendStudy().run(tpe({ seed: 1, gamma }), (trial) => trial.float("x", 0, 1), 13);
  expect(new Set(seen)).toEqual(new Set([10, 11, 12]));
  const bad = tpe({ seed: 1, gamma: () => 1.5 });
  expect(() => new PretendStudy().run(bad, (trial) => trial.float("x", 0, 1), 11)).toThrow(
    "tpe: gamma must return a whole number of at least 0, got 1.5 for 10 finished trials",
  );
});

test.each<[TpeOptions, string]>([
  [{ seed: -1 }, "seed must be a whole number of at least 0"],
  [{ candidates: 0 }, "candidates must be a positive whole number"],
  [{ startupTrials: 1.5 }, "startupTrials must be a whole number of at least 0"],
  [{ priorWeight: 0 }, "priorWeight must be a number above 0"],
  [{ gamma: 3 as never }, "gamma must be a function"],
  [{ bandwidth: "wide" as never }, 'bandwidth must be one of "scott", "neighbours"'],
  [{ multivariate: false, group: true }, "group needs multivariate"],
  [{ nCandidates: 3 } as never, 'unknown option "nCandidates"'],
])("%o is refused", (options, message) => {
  expect(() => tpe(options)).toThrow(ArgumentError);
  expect(() => tpe(options)).toThrow(message);
});
