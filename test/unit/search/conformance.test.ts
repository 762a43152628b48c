// The conformance checks find the faults that they are there for.
import { expect, test } from "vitest";
import { prunerChecks, samplerChecks } from "../../../lib/search/conformance.js";
import type { Pruner } from "../../../lib/search/pruners/pruner.js";
import { bestTrial, isBetter, type StudyRecord, type TrialRecord } from "../../../lib/search/record.js";
import { random, type Sampler } from "../../../lib/search/samplers/index.js";

const failing = (checks: { name: string; run(): void }[]): string[] =>
  checks.flatMap(({ name, run }) => {
    try {
      run();
      return [];
    } catch {
      return [name];
    }
  });

const lastReport = ({ reports }: TrialRecord): number => [...reports.values()].at(-1) ?? Number.NaN;
const worstOfAll = ({ directions, trials }: StudyRecord, trial: TrialRecord): boolean => {
  if (trial.reports.size === 0) return false;
  const others = trials.filter(({ number, reports }) => number !== trial.number && reports.size > 0);
  return others.length > 2 && others.every((other) => isBetter(directions[0]!, lastReport(other), lastReport(trial)));
};

test("pruners that are right pass", () => {
  expect(failing(prunerChecks(() => ({ name: "none", prune: () => false })))).toEqual([]);
  expect(failing(prunerChecks(() => ({ name: "worst", prune: worstOfAll })))).toEqual([]);
});

test.each<[string, () => Pruner, string[]]>([
  [
    "prunes everything",
    () => ({ name: "all", prune: () => true }),
    [
      "keeps a trial that has reported nothing",
      "keeps the first report of the first trial",
      "keeps a trial that is alone and gets better",
      "keeps the best trial of all, in both directions",
      "keeps the best trial among running ones",
    ],
  ],
  [
    "ignores the direction",
    () => ({ name: "worst", prune: (study, trial) => worstOfAll({ ...study, directions: ["minimize"] }, trial) }),
    ["keeps the best trial of all, in both directions", "keeps the best trial among running ones"],
  ],
  [
    "cannot read NaN",
    () => ({
      name: "strict",
      prune(_, { reports }) {
        if ([...reports.values()].some(Number.isNaN)) throw new Error("NaN");
        return false;
      },
    }),
    ["answers when values are NaN, in its own trial or in others"],
  ],
  [
    "remembers what it answered",
    () => {
      let asked = 0;
      return {
        name: "counting",
        prune: (_, { number, reports }) => number > 0 && reports.size > 5 && ++asked % 2 === 0,
      };
    },
    ["decides alike for the same record, also as another object"],
  ],
])("a pruner that %s fails", (_, make, expected) => {
  expect(failing(prunerChecks(make))).toEqual(expected);
});

test("a pruner that writes into the record fails all that ask it", () => {
  const tidy = (): Pruner => ({
    name: "tidy",
    prune(study) {
      for (const { reports } of study.trials) (reports as Map<number, number>).delete(0);
      return false;
    },
  });
  expect(failing(prunerChecks(tidy)).length).toBeGreaterThan(5);
});

test("a sampler that is right passes", () => {
  expect(failing(samplerChecks((seed) => random({ seed })))).toEqual([]);
});

/** Random search with one fault. */
function faulty(fault: (right: Sampler, seed: number) => Partial<Sampler>): (seed: number) => Sampler {
  return (seed) => {
    const right = random({ seed });
    return { ...right, ...fault(right, seed) };
  };
}

test.each<[string, (seed: number) => Sampler, string[]]>([
  [
    "ignores its seed",
    faulty(() => random({ seed: 5 })),
    ["gives the same values for the same seed, others for another"],
  ],
  [
    "ignores the trial's number",
    faulty(({ sample }) => ({ sample: (study, trial, ...rest) => sample(study, { ...trial, number: 0 }, ...rest) })),
    ["serves workers side by side, who get different values"],
  ],
  [
    "counts its calls",
    faulty(({ sample }) => {
      let calls = 0;
      return { sample: (study, trial, ...rest) => sample(study, { ...trial, number: calls++ }, ...rest) };
    }),
    ["goes on identically when it is made anew before every trial", "serves one study after another"],
  ],
  [
    "repeats the least value, whatever the direction",
    faulty(({ sample }) => ({
      sample(study, trial, name, distribution) {
        const best = bestTrial({ ...study, directions: ["minimize"] })?.parameters ?? {};
        const repeated = trial.number % 5 === 4 && name === "rate" && Object.hasOwn(best, name);
        return repeated ? best[name]! : sample(study, trial, name, distribution);
      },
    })),
    ["maximizes as it minimizes the negative"],
  ],
  [
    "ignores steps and types",
    faulty(({ sample }) => ({
      sample(study, trial, name, distribution) {
        if (distribution.kind === "categorical") return String(sample(study, trial, name, distribution));
        return sample(study, trial, name, { ...distribution, kind: "float", step: null });
      },
    })),
    ["proposes floats on their steps", "proposes whole numbers", "proposes choices of every type"],
  ],
  [
    "expects a value of every trial",
    faulty(({ sample }) => ({
      sample(study, trial, ...rest) {
        if (study.trials.some(({ state, values }) => state === "failed" && values === undefined)) throw new TypeError();
        return sample(study, trial, ...rest);
      },
    })),
    ["goes on among failed, pruned, NaN, infinite, running and waiting trials", "goes on when all trials have failed"],
  ],
  [
    "is done before it begins",
    faulty(() => ({ isExhausted: () => true })),
    ["is not exhausted before the first trial"],
  ],
])("a sampler that %s fails", (_, make, expected) => {
  expect(failing(samplerChecks(make))).toEqual(expect.arrayContaining(expected));
});

test("a sampler that writes into the record fails all that ask it", () => {
  const tidy = faulty(({ sample }) => ({
    sample(study, trial, ...rest) {
      for (const { reports } of study.trials) (reports as Map<number, number>).set(0, 1);
      return sample(study, trial, ...rest);
    },
  }));
  expect(failing(samplerChecks(tidy)).length).toBeGreaterThan(15);
});
