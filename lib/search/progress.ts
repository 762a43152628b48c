// How far a study is: what is finished, what runs, how long trials took.
import { isFinished, type StudyRecord, type TrialRecord } from "./record.js";

export interface Progress {
  /** Trials that have ended and were not begun again. */
  readonly finished: number;
  /** Trials that are being run by somebody who tells that he is alive. */
  readonly running: number;
  readonly waiting: number;
}

/** The system attribute by which a worker tells that it is alive. */
export const HEARTBEAT = "netwright:heartbeat";

export function progressOf({ trials }: StudyRecord): Progress {
  const retried = new Set(trials.map(({ systemAttributes }) => systemAttributes.failed_trial));
  let finished = 0;
  let running = 0;
  let waiting = 0;
  for (const trial of trials) {
    if (isFinished(trial)) finished += retried.has(trial.number) ? 0 : 1;
    else if (trial.state === "waiting") waiting++;
    else if (Object.hasOwn(trial.systemAttributes, HEARTBEAT)) running++;
  }
  return { finished, running, waiting };
}

/** Wall time of a trial that has ended, in milliseconds. */
export function durationOf({ startedAt, endedAt }: TrialRecord): number | undefined {
  return startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : undefined;
}
