// Optuna's operations: their codes, how states, directions and times are written, and the form of a new trial.
import { ArgumentError, DataError } from "../../errors.js";
import { encodeDistribution, toInternal } from "../distribution.js";
import type { Direction, TrialState } from "../record.js";
import type { Operation } from "./backend.js";
import { copyJson } from "./json.js";
import type { NewTrial } from "./study_journal.js";

/** Numbers of optuna.storages.journal; 10 is read over and never written. */
export const Code = {
  createStudy: 0,
  deleteStudy: 1,
  setStudyUserAttribute: 2,
  setStudySystemAttribute: 3,
  createTrial: 4,
  setParameter: 5,
  setState: 6,
  report: 7,
  setUserAttribute: 8,
  setSystemAttribute: 9,
  discardTrials: 10,
} as const;

const STATES: readonly TrialState[] = ["running", "complete", "pruned", "failed", "waiting"];
const DIRECTIONS: readonly (Direction | undefined)[] = [undefined, "minimize", "maximize"];

export function stateCode(state: TrialState): number {
  const code = STATES.indexOf(state);
  if (code < 0) throw new ArgumentError(`a trial's state must be one of ${STATES.join(", ")}, got ${String(state)}`);
  return code;
}

export function stateOf(code: unknown): TrialState {
  const state = STATES[code as number];
  if (state === undefined) throw new DataError(`there is no trial state ${String(code)}`);
  return state;
}

export function directionCode(direction: Direction): number {
  return DIRECTIONS.indexOf(direction);
}

/** A direction that was never set counts as `minimize`, as in Optuna. */
export function directionOf(code: unknown): Direction {
  if (code !== 0 && code !== 1 && code !== 2) throw new DataError(`there is no direction ${String(code)}`);
  return DIRECTIONS[code] ?? "minimize";
}

/** UTC with its offset and six digits, which every Python that runs Optuna reads. */
export function timeText(time: Date): string {
  return time.toISOString().replace("Z", "000+00:00");
}

/** Times without an offset are local, as Optuna 3 wrote them. */
export function timeOf(text: unknown): Date | undefined {
  if (text === null || text === undefined) return undefined;
  const time = new Date(text as string);
  if (typeof text !== "string" || Number.isNaN(time.getTime())) throw new DataError(`"${String(text)}" is no time`);
  return time;
}

/** Throws ArgumentError for a parameter without a distribution. */
export function newTrialOperation(study: number, worker: string, trial: NewTrial | undefined, now: Date): Operation {
  const start = timeText(now);
  const operation = { op_code: Code.createTrial, worker_id: worker, study_id: study };
  if (trial === undefined) return { ...operation, datetime_start: start };
  const { state = "running", values, parameters = {}, distributions = {}, reports = new Map() } = trial;
  const internal = Object.entries(parameters).map(([name, value]) => {
    const distribution = distributions[name];
    if (distribution === undefined)
      throw new ArgumentError(`parameter "${name}" of a new trial has no distribution; give one in distributions`);
    return [name, toInternal(distribution, value)];
  });
  return {
    ...operation,
    datetime_start: state === "waiting" ? null : start,
    ...(state !== "waiting" && state !== "running" && { datetime_complete: start }),
    state: stateCode(state),
    value: values?.length === 1 ? values[0] : null,
    values: values !== undefined && values.length > 1 ? [...values] : null,
    distributions: Object.fromEntries(Object.entries(distributions).map(([name, d]) => [name, encodeDistribution(d)])),
    params: Object.fromEntries(internal),
    user_attrs: copyJson(trial.userAttributes ?? {}),
    system_attrs: copyJson(trial.systemAttributes ?? {}),
    intermediate_values: Object.fromEntries(reports),
  };
}
