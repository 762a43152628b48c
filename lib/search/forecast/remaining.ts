// What is left of a study in time, told from its finished trials alone.
import { ArgumentError } from "../../errors.js";
import { valueText } from "../../options.js";
import { knownOptions, wholeNumber } from "../../runtime/fit_options.js";
import { failureOf } from "../outcome.js";
import { progressOf } from "../progress.js";
import { isFinished, type StudyRecord, type TrialRecord } from "../record.js";
import { durationOf } from "../savings.js";
import { signOf } from "../storage/heartbeat.js";
import { studentQuantile } from "./student.js";

export interface RemainingOptions {
  /** The study is done when so many trials are finished, by whomever. */
  readonly until?: number;
  /** Instead: so many trials are still to be begun. */
  readonly trials?: number;
  /** Instead or besides: no trial is begun after that moment. */
  readonly deadline?: Date;
  /** Trials beside each other. Default: as many as run now, else as ran beside each other so far. */
  readonly parallel?: number;
  /** Default: now. */
  readonly now?: Date;
}

export interface Remaining {
  /** Trials that are still to end, those that run now among them; undefined when the time decides how many. */
  readonly trials: number | undefined;
  /** Expected time left; undefined as long as no trial is finished. */
  readonly milliseconds: number | undefined;
  /** Holds the time left four times of five; undefined before two trials are finished. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

const OPTIONS = ["until", "trials", "deadline", "parallel", "now"];

/**
 * Time left until a study has what is wanted of it. Trials to come are taken to be as those since pruning began to end
 * some, or as all that are finished. Throws ArgumentError when none of `until`, `trials` and `deadline` is given.
 */
export function remaining(study: StudyRecord, options: RemainingOptions): Remaining {
  knownOptions("remaining", options, OPTIONS);
  const { until, trials, deadline, now = new Date() } = options;
  if (until === undefined && trials === undefined && deadline === undefined)
    throw new ArgumentError("remaining: say what is wanted: { until }, { trials } or { deadline }");
  if (deadline !== undefined && Number.isNaN(deadline.getTime?.() ?? Number.NaN))
    throw new ArgumentError(`remaining: deadline must be a Date, got ${valueText(deadline)}`);
  const { finished, running } = progressOf(study);
  const parallel = wholeNumber("parallel", options.parallel ?? (running || usualParallel(study)), 1);
  const toBegin = Math.min(
    until === undefined ? Number.POSITIVE_INFINITY : Math.max(0, wholeNumber("until", until, 0) - finished - running),
    trials === undefined ? Number.POSITIVE_INFINITY : wholeNumber("trials", trials, 0),
  );
  const left = toBegin === Number.POSITIVE_INFINITY ? undefined : toBegin + running;
  if (left === 0) return { trials: 0, milliseconds: 0, interval: [0, 0] };
  const durations = representative(study).map((trial) => durationOf(trial) as number);
  if (durations.length === 0) return { trials: left, milliseconds: undefined, interval: undefined };

  const mean = average(durations);
  const rest = restsOf(study, durations, now);
  const longest = Math.max(0, ...rest);
  // What is left of a trial at a random moment, by renewal theory, and of the longest of those that run beside each other.
  const residual = average(durations.map((each) => each ** 2)) / (2 * mean) || 0;
  const straggling = residual * ((parallel - 1) / parallel);
  const work = toBegin * mean + average(rest) * rest.length;
  const closed = toBegin === 0 ? longest : Math.max(work / parallel + straggling, longest);
  const time = deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, deadline.getTime() - now.getTime());
  const milliseconds = Math.min(closed, time > 0 ? time + residual + straggling : longest);
  if (durations.length < 2) return { trials: left, milliseconds, interval: undefined };

  const prunes = study.trials.some(({ state }) => state === "pruned");
  const factor = intervalFactor(durations, left ?? 1, prunes ? DRIFT : 0);
  const latest = time + Math.max(...durations);
  return {
    trials: left,
    milliseconds,
    interval: [Math.min(closed / factor, time > 0 ? time : longest / factor), Math.min(closed * factor, latest)],
  };
}

/** Within which factor the time left lies four times of five: by the mean that is not known well, and by the trials to come. */
function intervalFactor(durations: readonly number[], left: number, drift: number): number {
  const { length } = durations;
  const mean = average(durations);
  const variance = durations.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (length - 1);
  const relative = (Math.sqrt(variance) / mean || 0) * Math.sqrt(1 / length + 1 / left);
  return Math.exp(studentQuantile(QUANTILE, length - 1) * Math.hypot(relative, drift));
}

/** More than the 0.9 of a normal mean: durations are skewed, and a few of them seldom show the longest. */
const QUANTILE = 0.93;

/** Standard deviation of the logarithm by which pruning becomes stricter or milder as a study goes on. */
const DRIFT = 0.45;

/** Finished trials that tell about those to come: pruning needs a few complete ones before it begins, which took longer. */
function representative({ trials }: StudyRecord): TrialRecord[] {
  const timed = trials
    .filter((trial) => isTelling(trial) && durationOf(trial) !== undefined)
    .sort((a, b) => a.endedAt!.getTime() - b.endedAt!.getTime());
  const firstPruned = timed.findIndex(({ state }) => state === "pruned");
  if (firstPruned < 0) return timed;
  // Pruners compare with the best so far and become stricter: the later half tells more about what comes.
  return timed.slice(-Math.max(ENOUGH, Math.ceil((timed.length - firstPruned) / 2)));
}

const ENOUGH = 5;

/** False for trials that somebody broke off: they say nothing about how long one takes. */
function isTelling(trial: TrialRecord): boolean {
  return isFinished(trial) && !["aborted", "dead"].includes(failureOf(trial)?.kind ?? "");
}

/** What running trials still take, were they like the finished ones that took at least as long as they did so far. */
function restsOf({ trials }: StudyRecord, durations: readonly number[], now: Date): number[] {
  return trials
    .filter((trial) => trial.state === "running" && trial.startedAt !== undefined && signOf(trial) !== undefined)
    .map(({ startedAt }) => {
      const age = now.getTime() - startedAt!.getTime();
      const longer = durations.filter((each) => each > age);
      return longer.length > 0 ? average(longer) - age : Math.min(age / durations.length, Math.max(...durations));
    });
}

/** Trials beside each other so far: all their time over the time in which there was any. */
function usualParallel({ trials }: StudyRecord): number {
  const spans = trials
    .filter((trial) => isFinished(trial) && durationOf(trial) !== undefined)
    .map(({ startedAt, endedAt }) => [startedAt!.getTime(), endedAt!.getTime()] as const)
    .sort(([a], [b]) => a - b);
  let busy = 0;
  let covered = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const [start, end] of spans) {
    total += end - start;
    busy += Math.max(0, end - Math.max(start, covered));
    covered = Math.max(covered, end);
  }
  return busy > 0 ? Math.max(1, Math.round(total / busy)) : 1;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
