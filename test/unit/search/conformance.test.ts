// The conformance checks find the faults that they are there for.
import { expect, test } from "vitest";
import { prunerChecks } from "../../../lib/search/conformance.js";
import type { Pruner } from "../../../lib/search/pruners/pruner.js";
import { isBetter, type StudyRecord, type TrialRecord } from "../../../lib/search/record.js";

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
