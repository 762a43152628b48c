// Random studies played through our pruners and Optuna's: every decision and every rung attribute must be equal.
import { beforeAll, describe, expect, test } from "vitest";
import { RandomStream } from "../../../lib/data/random.js";
import {
  asha,
  hyperband,
  median,
  noPruner,
  type Pruner,
  patient,
  percentile,
  threshold,
} from "../../../lib/search/pruners/index.js";
import type { Direction } from "../../../lib/search/record.js";
import { PlayedStudy } from "../../unit/search/pruners/play.js";
import { askOptuna } from "./python.js";

/** Ours, and how Optuna's is made. */
interface Pair {
  readonly ours: Pruner;
  readonly optuna: { readonly class: string; readonly arguments: Readonly<Record<string, unknown>> };
}

/** A value as text, which is read to the same bits on both sides; the last field: whether a trial obeys. */
type Event = readonly ["begin" | "complete" | "fail", number] | readonly ["report", number, number, string, boolean];

interface Script {
  readonly name: string;
  readonly direction: Direction;
  readonly events: readonly Event[];
}

interface Outcome {
  readonly decisions: readonly boolean[];
  /** Of each trial, values as text. */
  readonly rungs: readonly Readonly<Record<string, string>>[];
}

const pick = <T>(random: RandomStream, values: readonly T[]): T => values[random.below(values.length)] as T;

const pairs: Readonly<Record<string, (random: RandomStream) => Pair>> = {
  none: () => ({ ours: noPruner(), optuna: { class: "NopPruner", arguments: {} } }),
  percentile: (random) => {
    const percent = pick(random, [0, 10, 25, 33.3, 50, 60, 75, 99, 100]);
    const options = percentileOptions(random);
    return {
      ours: percentile(percent, options.ours),
      optuna: { class: "PercentilePruner", arguments: { percentile: percent, ...options.optuna } },
    };
  },
  median: (random) => {
    const options = percentileOptions(random);
    return { ours: median(options.ours), optuna: { class: "MedianPruner", arguments: options.optuna } };
  },
  patient: (random) => {
    const inner =
      random.below(3) === 0 ? undefined : pick(random, [pairs.median, pairs.threshold, pairs.asha])!(random);
    const patience = random.below(5);
    const minDelta = pick(random, [0, 0, 0.125, 1]);
    return {
      ours: patient(inner?.ours, patience, { minDelta }),
      optuna: { class: "PatientPruner", arguments: { inner: inner?.optuna ?? null, patience, min_delta: minDelta } },
    };
  },
  threshold: (random) => {
    const lower = pick(random, [undefined, -1, 0.5]);
    const upper = lower === undefined ? 1.25 : pick(random, [undefined, 0.5, 2]);
    const checks = checkOptions(random);
    return {
      ours: threshold({
        ...(lower === undefined ? {} : { lower }),
        ...(upper === undefined ? {} : { upper }),
        ...checks.ours,
      }),
      optuna: { class: "ThresholdPruner", arguments: { lower: lower ?? null, upper: upper ?? null, ...checks.optuna } },
    };
  },
  asha: (random) => {
    const minResource = pick(random, ["auto", 1, 2, 3] as const);
    const reductionFactor = 2 + random.below(4);
    const minEarlyStoppingRate = pick(random, [0, 0, 1, 2]);
    const bootstrapCount = minResource === "auto" ? 0 : pick(random, [0, 0, 1, 4]);
    return {
      ours: asha({ minResource, reductionFactor, minEarlyStoppingRate, bootstrapCount }),
      optuna: {
        class: "SuccessiveHalvingPruner",
        arguments: {
          min_resource: minResource,
          reduction_factor: reductionFactor,
          min_early_stopping_rate: minEarlyStoppingRate,
          bootstrap_count: bootstrapCount,
        },
      },
    };
  },
  hyperband: (random) => {
    const minResource = pick(random, [1, 1, 2, 5]);
    const maxResource = pick(random, ["auto", 9, 16, 27, 125, 243, 1000] as const);
    const reductionFactor = 2 + random.below(4);
    const bootstrapCount = maxResource === "auto" ? 0 : pick(random, [0, 0, 2]);
    return {
      ours: hyperband({ minResource, maxResource, reductionFactor, bootstrapCount }),
      optuna: {
        class: "HyperbandPruner",
        arguments: {
          min_resource: minResource,
          max_resource: maxResource,
          reduction_factor: reductionFactor,
          bootstrap_count: bootstrapCount,
        },
      },
    };
  },
};

function percentileOptions(random: RandomStream) {
  const startupTrials = pick(random, [0, 1, 3, 5]);
  const minimumTrials = pick(random, [1, 1, 2, 4]);
  const checks = checkOptions(random);
  return {
    ours: { startupTrials, minimumTrials, ...checks.ours },
    optuna: { n_startup_trials: startupTrials, n_min_trials: minimumTrials, ...checks.optuna },
  };
}

function checkOptions(random: RandomStream) {
  const warmupSteps = pick(random, [0, 0, 1, 3, 7]);
  const interval = pick(random, [1, 1, 2, 5]);
  return { ours: { warmupSteps, interval }, optuna: { n_warmup_steps: warmupSteps, interval_steps: interval } };
}

/** Interleaved trials with gaps, ties, NaN, infinities, steps out of order, failures, and some that do not obey. */
function randomScript(random: RandomStream, name: string): Script {
  const direction = pick<Direction>(random, ["minimize", "maximize"]);
  const count = 6 + random.below(25);
  const parallel = 1 + random.below(5);
  const longest = pick(random, [6, 20, 60, 250]);
  const gap = longest > 60 ? 12 : pick(random, [1, 1, 3]);
  const first = random.below(2);
  const oddities = pick(random, [0, 0.05, 0.3]);
  const obeys = pick(random, [0, 0.9, 1]);
  const events: Event[] = [];
  const running: { number: number; step: number; quality: number }[] = [];
  for (let begun = 0; begun < count || running.length > 0; ) {
    if (begun < count && running.length < parallel) {
      events.push(["begin", begun]);
      running.push({ number: begun++, step: first, quality: random.uniform() });
      continue;
    }
    const place = random.below(running.length);
    const trial = running[place] as (typeof running)[number];
    if (trial.step >= longest || random.uniform() < 0.01) {
      events.push([random.uniform() < 0.1 ? "fail" : "complete", trial.number]);
      running.splice(place, 1);
      continue;
    }
    // Quarters make ties; others test how percentiles are rounded.
    const raw = trial.quality + 1 / (1 + trial.step) + random.uniform(-0.3, 0.3);
    let value = String(random.below(2) === 0 ? Math.round(raw * 4) / 4 : raw);
    if (random.uniform() < oddities) value = pick(random, ["NaN", "NaN", "Infinity", "-Infinity"]);
    const step = random.uniform() < oddities / 3 ? Math.max(trial.step - 2, 0) : trial.step;
    if (!events.some((event) => event[0] === "report" && event[1] === trial.number && event[2] === step))
      events.push(["report", trial.number, step, value, random.uniform() < obeys]);
    trial.step += 1 + random.below(gap);
  }
  return { name, direction, events };
}

function playOurs(script: Script, pruner: Pruner): Outcome {
  const study = new PlayedStudy(pruner, script.direction, script.name);
  const decisions: boolean[] = [];
  const ended = new Set<number>();
  let begun = 0;
  for (const event of script.events) {
    const number = event[1];
    if (event[0] === "begin") begun = study.begin() + 1;
    else if (ended.has(number)) continue;
    else if (event[0] === "report") {
      const pruned = study.report(number, event[2], Number(event[3]));
      decisions.push(pruned);
      if (!pruned || !event[4]) continue;
      study.end(number, "pruned");
      ended.add(number);
    } else {
      study.end(number, event[0] === "complete" ? "complete" : "failed");
      ended.add(number);
    }
  }
  const rungs = Array.from({ length: begun }, (_, number) =>
    Object.fromEntries(Object.entries(study.rungs(number)).map(([name, value]) => [name, String(value)])),
  );
  return { decisions, rungs };
}

/** Python's text of a float is not ours: both are read as numbers. */
function numbersOf({ decisions, rungs }: Outcome) {
  const read = (text: string): number => Number(text.replace(/inf$/, "Infinity"));
  return {
    decisions,
    rungs: rungs.map((one) => Object.fromEntries(Object.entries(one).map(([name, text]) => [name, read(text)]))),
  };
}

function playOptuna(cases: readonly { readonly script: Script; readonly pair: Pair }[]): Outcome[] {
  return askOptuna(
    "play_pruners.py",
    cases.map(({ script, pair }) => ({ ...script, pruner: pair.optuna })),
  );
}

describe("decisions equal Optuna's", () => {
  const studies = 60;
  const names = Object.keys(pairs);
  const cases = names.flatMap((name) =>
    Array.from({ length: studies }, (_, i) => {
      const random = new RandomStream(1, name, i);
      const pair = (pairs[name] as (random: RandomStream) => Pair)(random);
      return { name, pair, script: randomScript(random, `Prüfung ${name} ${i}`) };
    }),
  );
  let played: Outcome[];
  beforeAll(() => {
    played = playOptuna(cases);
  }, 600_000);

  test.each(names)("%s", (name) => {
    const figures = { decisions: 0, pruned: 0, rungs: 0 };
    for (const [i, one] of cases.entries()) {
      if (one.name !== name) continue;
      const expected = numbersOf(played[i] as Outcome);
      const found = numbersOf(playOurs(one.script, one.pair.ours));
      expect(found, `study ${i % studies}: ${JSON.stringify(one.pair.optuna)}`).toEqual(expected);
      figures.decisions += found.decisions.length;
      figures.pruned += found.decisions.filter(Boolean).length;
      figures.rungs += found.rungs.reduce((sum, rungs) => sum + Object.keys(rungs).length, 0);
    }
    expect(figures.decisions).toBeGreaterThan(3000);
    if (name !== "none") expect(figures.pruned).toBeGreaterThan(200);
    if (name === "asha" || name === "hyperband") expect(figures.rungs).toBeGreaterThan(500);
  });

  test("brackets of hyperband, for every power of a reduction factor", () => {
    const bracketCases = [2, 3, 4, 5, 6, 7, 10].flatMap((reductionFactor) =>
      [1, 2, 3, 4, 5, 6]
        .map((power) => reductionFactor ** power)
        .filter((steps) => steps < 20_000)
        .map((maxResource) => {
          const events = Array.from({ length: 8 }, (_, number): Event[] => [
            ["begin", number],
            ["report", number, maxResource, String(number % 3), true],
          ]).flat();
          const script: Script = { name: `${reductionFactor} to ${maxResource}`, direction: "maximize", events };
          const ours = hyperband({ maxResource, reductionFactor });
          const theirs = { max_resource: maxResource, reduction_factor: reductionFactor };
          return { script, pair: { ours, optuna: { class: "HyperbandPruner", arguments: theirs } } };
        }),
    );
    const expected = playOptuna(bracketCases).map(numbersOf);
    expect(bracketCases.map(({ script, pair }) => numbersOf(playOurs(script, pair.ours)))).toEqual(expected);
  });
});
