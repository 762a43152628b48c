// How far a study is: what is finished, what runs, what waits.
import { isFinished, type StudyRecord } from "./record.js";
import { ownSignOf } from "./storage/heartbeat.js";
import { DUPLICATE_OF, retryHistory } from "./storage/retries.js";

export interface Progress {
  /** Trials that have ended and were not begun again. */
  readonly finished: number;
  /** Trials that are being run by somebody who tells that he is alive. */
  readonly running: number;
  readonly waiting: number;
}

export function progressOf({ trials }: StudyRecord): Progress {
  const retried = new Set(trials.flatMap(retryHistory));
  let finished = 0;
  let running = 0;
  let waiting = 0;
  for (const trial of trials) {
    const isRetried = retried.has(trial.number) || Object.hasOwn(trial.systemAttributes, DUPLICATE_OF);
    if (isFinished(trial)) finished += isRetried ? 0 : 1;
    else if (trial.state === "waiting") waiting++;
    else if (ownSignOf(trial) !== undefined) running++;
  }
  return { finished, running, waiting };
}
