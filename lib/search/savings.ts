// What pruning saved: the steps that pruned trials did not run, and the time that these would have taken.
import { countText, durationText, numberText } from "./text/numbers.js";
import type { StudyRecord, TrialRecord } from "./record.js";

export interface PruningSavings {
  /** Pruned trials. */
  readonly trials: number;
  /** Steps (reports) of a complete trial, the median; what a pruned one would have run. */
  readonly stepsPerTrial: number;
  /** Steps that pruned trials ran, and those that they did not. */
  readonly stepsRun: number;
  readonly stepsSaved: number;
  /** Steps not run over all steps, those of complete, pruned and failed trials and those not run, between 0 and 1. */
  readonly share: number;
  /**
   * An estimate: each pruned trial's missing steps at its own mean time per step, and for one without a report the median time
   * of a complete trial.
   */
  readonly millisecondsSaved: number;
}

/** Undefined when nothing was pruned, or when no complete trial tells how long one is. */
export function pruningSavings({ trials }: StudyRecord): PruningSavings | undefined {
  const pruned = trials.filter(({ state }) => state === "pruned");
  const complete = trials.filter(({ state, reports }) => state === "complete" && reports.size > 0);
  if (pruned.length === 0 || complete.length === 0) return undefined;
  const stepsPerTrial = median(complete.map(({ reports }) => reports.size));
  const durations = complete.map(durationOf).filter((duration) => duration !== undefined);
  const wholeTrial = durations.length === 0 ? 0 : median(durations);
  let stepsRun = 0;
  let stepsSaved = 0;
  let millisecondsSaved = 0;
  for (const trial of pruned) {
    const run = trial.reports.size;
    const missing = Math.max(0, stepsPerTrial - run);
    stepsRun += run;
    stepsSaved += missing;
    millisecondsSaved += run === 0 ? wholeTrial : ((durationOf(trial) ?? 0) / run) * missing;
  }
  let all = stepsSaved;
  for (const { state, reports } of trials)
    if (state === "complete" || state === "pruned" || state === "failed") all += reports.size;
  return { trials: pruned.length, stepsPerTrial, stepsRun, stepsSaved, share: stepsSaved / all, millisecondsSaved };
}

/** One sentence, with what it rests on. */
export function savingsText(saved: PruningSavings): string {
  const time =
    saved.millisecondsSaved > 0 ? `, about ${durationText(saved.millisecondsSaved)} at the speed of these trials` : "";
  return `Pruning ended ${countText(saved.trials, "trial")} after ${countText(saved.stepsRun, "step")} in all; ${numberText(
    saved.stepsSaved,
  )} more ${saved.stepsSaved === 1 ? "was" : "were"} not run${time} (a complete trial has ${saved.stepsPerTrial}).`;
}

/** Milliseconds from start to end; undefined for a trial that has not both. */
export function durationOf({ startedAt, endedAt }: TrialRecord): number | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : endedAt.getTime() - startedAt.getTime();
}

/** The middle value, the lower one of two: always a value that occurred. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] as number;
}
