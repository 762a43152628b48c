// Retries of dead trials: what they take over from the dead one, and which of two counts.
import type { Json, StudyRecord, TrialRecord } from "../record.js";
import { HEARTBEAT } from "./heartbeat.js";
import type { NewTrial } from "./study_journal.js";

/** System attribute of a second retry of one trial, which was failed instead of run: the number of the first. */
export const DUPLICATE_OF = "netwright:duplicate_of";

/** Numbers of the trials that this one repeats, the original first; Optuna's attribute. */
export function retryHistory({ systemAttributes }: TrialRecord): readonly number[] {
  const history = systemAttributes.retry_history;
  return Array.isArray(history) ? (history as number[]) : [];
}

/**
 * The dead trial once more, with its parameters, in the form that Optuna's own retry callback gives it; undefined when it has been
 * retried `maximumRetries` times. Heartbeat and rungs are of the run that died and stay behind.
 */
export function retryOf(trial: TrialRecord, maximumRetries: number): NewTrial | undefined {
  const history = [...retryHistory(trial), trial.number];
  if (history.length > maximumRetries) return undefined;
  const kept = Object.entries(trial.systemAttributes).filter(
    ([name]) => name !== HEARTBEAT && !name.startsWith("completed_rung_"),
  );
  const attributes: Record<string, Json> = Object.fromEntries(kept);
  return {
    state: "waiting",
    parameters: trial.parameters,
    distributions: trial.distributions,
    userAttributes: trial.userAttributes,
    systemAttributes: {
      failed_trial: trial.number,
      ...attributes,
      fixed_params: { ...(attributes.fixed_params as Record<string, Json> | undefined), ...trial.parameters },
      retry_history: history,
    },
  };
}

/** The retry of the trial with that number that counts: the first in the journal. */
export function retryOfNumber({ trials }: Pick<StudyRecord, "trials">, number: number): TrialRecord | undefined {
  return trials.find((trial) => trial.number > number && retryHistory(trial).at(-1) === number);
}

/** For the second of two retries of one trial: the first one. */
export function firstRetry(study: StudyRecord, trial: TrialRecord): TrialRecord | undefined {
  const repeated = retryHistory(trial).at(-1);
  if (repeated === undefined) return undefined;
  const first = retryOfNumber(study, repeated);
  return first === undefined || first.number >= trial.number ? undefined : first;
}
