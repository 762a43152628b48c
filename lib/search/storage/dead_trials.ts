// What is done about dead trials: each is failed and put in line again, once, whoever finds it.
import { ArgumentError } from "../../errors.js";
import { failureOf } from "../outcome.js";
import type { Json, StudyRecord, TrialRecord } from "../record.js";
import type { HeartbeatWatch } from "./heartbeat.js";
import { retryHistory, retryOf, retryOfNumber } from "./retries.js";
import type { StudyJournal } from "./study_journal.js";

export interface RetryOptions {
  /** How often a trial that keeps dying is begun again; 0 never. Default 3. */
  readonly maximumRetries?: number;
  /** System attributes for the dead trial, such as its reason. */
  readonly attributes?: Readonly<Record<string, Json>>;
}

/**
 * Refreshes the journal, fails the study's dead trials and puts their retries in line. Resolves with the numbers of the trials that this
 * call failed. A trial that still lives after all (its process stood still) learns it when it is finished: `finish` gives false.
 */
export async function retryDeadTrials(
  journal: StudyJournal,
  study: string,
  worker: string,
  watch: HeartbeatWatch,
  { maximumRetries = 3, attributes = {} }: RetryOptions = {},
): Promise<number[]> {
  if (!Number.isSafeInteger(maximumRetries) || maximumRetries < 0)
    throw new ArgumentError(`maximumRetries: expected a whole number of at least 0, found ${maximumRetries}`);
  await journal.refresh();
  const record = journal.study(study);
  const failed: number[] = [];
  for (const trial of record === undefined ? [] : watch.look(record)) {
    // A writer that was killed within its append may have left the retry without the end of the trial.
    const isRetried = retryOfNumber(record ?? { trials: [] }, trial.number) !== undefined;
    const retry = isRetried ? undefined : retryOf(trial, maximumRetries + abortsOf(trial, record));
    if (await journal.abandon(trial, worker, retry, attributes)) failed.push(trial.number);
  }
  return failed;
}

/** How many of the trials that this one repeats were put in line again by whoever stopped the study: they did not die. */
function abortsOf(trial: TrialRecord, record: StudyRecord | undefined): number {
  return retryHistory(trial).filter((number) => {
    const earlier = record?.trials[number];
    return earlier !== undefined && failureOf(earlier)?.kind === "aborted";
  }).length;
}
