// What a pruner leaves of the cost of a study that has not run, by letting it decide about made-up trials.
import { RandomStream } from "../../data/random.js";
import type { Pruner } from "../pruners/pruner.js";
import type { Direction, Json, LiveTrial, StudyRecord, TrialRecord } from "../record.js";

/** A trial as it would be without pruning. */
export interface WholeTrial {
  readonly milliseconds: number;
  /** What of it comes before the first step. */
  readonly setup: number;
  readonly steps: number;
}

/** How made-up trials report; every made-up study has its own. */
interface Curves {
  /** Standard deviation of a report about the trial's curve, where final values have 1. */
  readonly noise: number;
  /** Share of a trial's steps in which its curve comes within a third of its end. */
  readonly slowness: number;
  /** How far trials differ in the latter, as a factor. */
  readonly variety: number;
  /** Correlation of a trial's final value with its cost. */
  readonly correlation: number;
  /** How far trials become better in the course of the study, in standard deviations. */
  readonly progress: number;
}

/**
 * Milliseconds of each trial of one made-up study in which `pruner` decides. Final values are normal; curves fall to them
 * exponentially. How noisy, how fast and how much better expensive trials are is drawn anew for every `replicate`, because
 * nothing of it is known before trials have run; that trials become better too, where the sampler `improves` them. Only ranks matter to most pruners, and of the scale nothing is known either.
 */
export function prunedCosts(
  pruner: Pruner,
  directions: readonly Direction[],
  trials: readonly WholeTrial[],
  replicate: number,
  improves: boolean,
): number[] {
  const random = new RandomStream(replicate, "forecast.pruning");
  const curves: Curves = {
    noise: random.uniform(0.02, 0.5),
    slowness: random.uniform(0.05, 0.5),
    variety: random.uniform(1, 4),
    correlation: random.uniform(-0.6, 0.6),
    progress: improves ? random.uniform(0, 1.5) : 0,
  };
  const sign = directions[0] === "maximize" ? -1 : 1;
  const expense = standardized(trials.map(({ milliseconds }) => Math.log(Math.max(milliseconds, 1e-3))));
  const study = new MadeUpStudy(directions);
  return trials.map((trial, i) => {
    const { correlation } = curves;
    const end =
      correlation * (expense[i] as number) +
      Math.sqrt(1 - correlation ** 2) * random.normal() -
      (curves.progress * i) / trials.length;
    const slowness = curves.slowness * curves.variety ** random.uniform(-0.5, 0.5);
    const run = study.begin();
    for (const step of reportedSteps(trial.steps)) {
      const value = end + 3 * Math.exp(-step / trial.steps / slowness) + curves.noise * random.normal();
      run.report(step, sign * value);
      if (step < trial.steps && pruner.prune(study.record, run.live)) {
        study.end(run, "pruned");
        return trial.setup + ((trial.milliseconds - trial.setup) * step) / trial.steps;
      }
    }
    study.end(run, "complete");
    return trial.milliseconds;
  });
}

/** Made-up trials of more steps than these report at growing distances: pruners look through all reports, every time. */
const MOST_REPORTS = 60;

/** Steps from 1 to the last: all of them, or some, a constant factor apart. */
export function reportedSteps(steps: number): number[] {
  if (steps <= MOST_REPORTS) return Array.from({ length: steps }, (_, i) => i + 1);
  const exponents = Array.from({ length: MOST_REPORTS }, (_, i) => i / (MOST_REPORTS - 1));
  return [...new Set(exponents.map((exponent) => Math.round(steps ** exponent)))];
}

function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (variance === 0 ? 0 : (value - mean) / Math.sqrt(variance)));
}

/** Trials one after another, changed in place: a pruner is asked thousands of times. */
class MadeUpStudy {
  readonly record: StudyRecord;
  private readonly trials: Mutable<TrialRecord>[] = [];

  constructor(directions: readonly Direction[]) {
    this.record = { name: "forecast", directions, trials: this.trials, userAttributes: {}, systemAttributes: {} };
  }

  begin() {
    const reports = new Map<number, number>();
    const systemAttributes: Record<string, Json> = {};
    const number = this.trials.length;
    const trial: Mutable<TrialRecord> & LiveTrial = {
      id: number,
      number,
      state: "running",
      values: undefined,
      parameters: {},
      distributions: {},
      reports,
      userAttributes: {},
      systemAttributes,
      startedAt: undefined,
      endedAt: undefined,
      setSystemAttribute: (name, value) => {
        systemAttributes[name] = value;
      },
    };
    this.trials.push(trial);
    return { live: trial, report: (step: number, value: number) => reports.set(step, value) };
  }

  end({ live }: { live: Mutable<TrialRecord> }, state: "complete" | "pruned"): void {
    live.state = state;
    live.values = [[...live.reports.values()].at(-1) as number];
  }
}

type Mutable<T> = { -readonly [field in keyof T]: T[field] };
