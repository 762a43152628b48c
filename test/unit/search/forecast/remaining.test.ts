// What is left of studies that are under way, with intervals that hold as often as they say.
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../../lib/data/random.js";
import { ArgumentError } from "../../../../lib/errors.js";
import { remaining, remainingText } from "../../../../lib/search/forecast.js";
import { studentQuantile } from "../../../../lib/search/forecast/student.js";
import { reportedSteps } from "../../../../lib/search/forecast/pruning.js";
import { together } from "../../../../lib/search/forecast/slots.js";
import { asha, hyperband, median } from "../../../../lib/search/pruners/index.js";
import type { StudyRecord, TrialRecord } from "../../../../lib/search/record.js";
import { FAILURE } from "../../../../lib/search/outcome.js";
import { firstSign } from "../../../../lib/search/storage/heartbeat.js";
import { runPruned } from "./synthetic.js";

function trial(number: number, start: number, end?: number, fields: Partial<TrialRecord> = {}): TrialRecord {
  return {
    id: number,
    number,
    state: end === undefined ? "running" : "complete",
    values: end === undefined ? undefined : [1],
    parameters: {},
    distributions: {},
    reports: new Map(),
    userAttributes: {},
    systemAttributes: end === undefined ? firstSign("worker") : {},
    startedAt: new Date(start),
    endedAt: end === undefined ? undefined : new Date(end),
    ...fields,
  };
}

function study(trials: readonly TrialRecord[]): StudyRecord {
  return { name: "made up", directions: ["minimize"], trials, userAttributes: {}, systemAttributes: {} };
}

const five = Array.from({ length: 5 }, (_, i) => trial(i, i * 1000, i * 1000 + 1000));

describe("remaining", () => {
  it("is the mean of what was, as often as is left", () => {
    const result = remaining(study(five), { until: 15, now: new Date(5000) });
    expect(result.trials).toBe(10);
    expect(result.milliseconds).toBeCloseTo(10_000, 6);
    expect(result.interval![0]).toBeCloseTo(10_000, 6);
    expect(remaining(study(five), { trials: 3, now: new Date(5000) }).milliseconds).toBeCloseTo(3000, 6);
  });

  it("is nothing when all is done", () => {
    expect(remaining(study(five), { until: 5 })).toEqual({ trials: 0, milliseconds: 0, interval: [0, 0] });
    expect(remaining(study(five), { until: 2 }).trials).toBe(0);
  });

  it("counts what runs by what is left of it", () => {
    const running = study([...five, trial(5, 5000)]);
    const result = remaining(running, { until: 6, now: new Date(5400) });
    expect(result.trials).toBe(1);
    expect(result.milliseconds).toBeCloseTo(600, 6);
    expect(remaining(running, { until: 8, now: new Date(5400) }).milliseconds).toBeCloseTo(2600, 6);
  });

  it("divides by the trials beside each other: those that run, else those that ran", () => {
    const beside = study(Array.from({ length: 20 }, (_, i) => trial(i, (i >> 1) * 1000, (i >> 1) * 1000 + 1000)));
    const two = remaining(beside, { trials: 100, now: new Date(10_000) });
    expect(two.milliseconds! / 50_000).toBeGreaterThan(0.99);
    expect(two.milliseconds! / 50_000).toBeLessThan(1.02);
    const one = remaining(beside, { trials: 100, parallel: 1, now: new Date(10_000) });
    expect(one.milliseconds).toBeCloseTo(100_000, 6);
  });

  it("ends with the deadline", () => {
    const result = remaining(study(five), { trials: 100, deadline: new Date(9000), now: new Date(5000) });
    expect(result.milliseconds).toBeGreaterThanOrEqual(4000);
    expect(result.milliseconds).toBeLessThanOrEqual(5000);
    const open = remaining(study(five), { deadline: new Date(9000), now: new Date(5000) });
    expect(open.trials).toBeUndefined();
    expect(open.milliseconds).toBeCloseTo(result.milliseconds!, 6);
  });

  it("does not learn from trials that were broken off", () => {
    const broken = [0, 1, 2].map((i) =>
      trial(5 + i, 5000, 5001, {
        state: "failed",
        values: undefined,
        systemAttributes: { [FAILURE]: { kind: "dead", message: "its process was gone" } },
      }),
    );
    const result = remaining(study([...five, ...broken]), { trials: 10, parallel: 1, now: new Date(6000) });
    expect(result.milliseconds).toBeCloseTo(10_000, 6);
  });

  it("is not known before a trial is finished", () => {
    const result = remaining(study([trial(0, 0)]), { until: 5, now: new Date(100) });
    expect(result).toEqual({ trials: 5, milliseconds: undefined, interval: undefined });
    expect(remainingText(result)).toBe("5 trials are left: how long is not known before a trial is finished.");
  });

  it("refuses what says nothing", () => {
    expect(() => remaining(study(five), {})).toThrow(ArgumentError);
    expect(() => remaining(study(five), { until: 1.5 })).toThrow(/until: expected a whole number/);
    expect(() => remaining(study(five), { deadline: 3 as never })).toThrow(/deadline must be a Date, got 3/);
    expect(() => remaining(study(five), { count: 3 } as never)).toThrow(/remaining has no option "count"/);
  });

  it("reads as a sentence", () => {
    expect(remainingText({ trials: 37, milliseconds: 540_000, interval: [360_000, 780_000] })).toBe(
      "37 trials are left: 9 min (6 to 13).",
    );
    expect(remainingText({ trials: 0, milliseconds: 0, interval: [0, 0] })).toBe("No trials are left.");
  });
});

describe("the interval", () => {
  const coverage = (truths: readonly { study: StudyRecord; milliseconds: number; left: number; now: number }[]) =>
    truths.filter(({ study, milliseconds, left, now }) => {
      const [low, high] = remaining(study, { trials: left, parallel: 1, now: new Date(now) }).interval!;
      return milliseconds >= low && milliseconds <= high;
    }).length / truths.length;

  it.each([4, 10, 30])("holds four times of five for costs that differ much, after %i trials", (finished) => {
    const left = 60;
    const truths = Array.from({ length: 200 }, (_, seed) => {
      const random = new RandomStream(seed, "costs");
      const costs = Array.from({ length: finished + left }, () => 1000 * Math.exp(0.8 * random.normal()));
      let time = 0;
      const trials = costs.slice(0, finished).map((cost, i) => {
        time += cost;
        return trial(i, time - cost, time);
      });
      return { study: study(trials), milliseconds: costs.slice(finished).reduce((a, b) => a + b, 0), left, now: time };
    });
    expect(coverage(truths)).toBeGreaterThanOrEqual(0.8);
    expect(coverage(truths)).toBeLessThan(0.99);
  });

  it.each([
    ["median", () => median()],
    ["asha", () => asha()],
    ["hyperband", () => hyperband({ maxResource: 20 })],
  ] as const)("holds four times of five while %s prunes", (_, pruner) => {
    const truths = Array.from({ length: 50 }, (_, seed) => {
      const random = new RandomStream(seed, "costs");
      const costs = Array.from({ length: 60 }, () => 1000 * Math.exp(0.6 * random.normal()));
      const landscape = {
        power: random.uniform(0.3, 1.2),
        noise: random.uniform(0.03, 0.3),
        costly: random.uniform(-0.3, 0.5),
      };
      const { study: whole, milliseconds } = runPruned(pruner(), costs, 20, landscape, seed);
      const known = whole.trials.slice(0, 20);
      const now = known.at(-1)!.endedAt!.getTime();
      return { study: { ...whole, trials: known }, milliseconds: milliseconds - now, left: 40, now };
    });
    expect(coverage(truths)).toBeGreaterThanOrEqual(0.8);
  });
});

describe("parts", () => {
  it("Student's quantiles are those of the tables", () => {
    for (const [freedom, value] of [
      [1, 3.0777],
      [2, 1.8856],
      [3, 1.6377],
      [5, 1.4759],
      [10, 1.3722],
      [100, 1.2901],
    ] as const)
      expect(studentQuantile(0.9, freedom)).toBeCloseTo(value, 2);
  });

  it("made-up trials of many steps report at some of them, the first and last among these", () => {
    expect(reportedSteps(5)).toEqual([1, 2, 3, 4, 5]);
    const some = reportedSteps(20_000);
    expect(some.length).toBeLessThanOrEqual(60);
    expect([some[0], some.at(-1)]).toEqual([1, 20_000]);
    expect(some).toEqual([...new Set(some)].sort((a, b) => a - b));
  });

  it("trials beside each other end with the last slot", () => {
    expect(together([3, 1, 1, 1], 2)).toBe(3);
    expect(together([1, 1, 1, 3], 2)).toBe(4);
    expect(together([1, 2], 8)).toBe(2);
    expect(together([1, 2], 1)).toBe(3);
  });
});
