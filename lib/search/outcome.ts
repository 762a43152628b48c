// How a trial ends: by a value, pruned, or failed with a reason that is kept.
import { ArgumentError, NetwrightError, NonFiniteError } from "../errors.js";
import { valueText } from "../options.js";
import type { Json, TrialRecord } from "./record.js";

/** Thrown inside an objective to end the trial as pruned; `trial.fit` throws it by itself. */
export class TrialPruned extends NetwrightError {
  constructor(message = "the trial was pruned", options?: ErrorOptions) {
    super("PRUNED", message, options);
  }
}

/** Thrown by `trial.fit` when the study's signal was aborted; the trial is begun again by the next `optimize`. */
export class TrialAborted extends NetwrightError {
  constructor(message = "the study was aborted", options?: ErrorOptions) {
    super("ABORTED", message, options);
  }
}

/**
 * Why a trial failed. `diverged`: numbers ran away in training; `nan`: the objective returned NaN; `value`: it returned something
 * else than a number per objective; `threw`: any other error; `aborted`: the study was told to stop; `dead`: its process was gone.
 */
export interface Failure {
  readonly kind: "diverged" | "nan" | "value" | "threw" | "aborted" | "dead";
  readonly message: string;
}

/** The system attribute that holds a Failure. */
export const FAILURE = "netwright:failure";

export type Outcome =
  | { readonly state: "complete"; readonly values: readonly number[] }
  | { readonly state: "pruned"; readonly values: readonly number[] | undefined }
  | { readonly state: "failed"; readonly failure: Failure };

/** What an objective's answer means; `objectives` is how many values it owes. */
export function outcomeOf(answer: unknown, objectives: number): Outcome {
  const values = Array.isArray(answer) ? answer : [answer];
  if (values.length !== objectives || values.some((value) => typeof value !== "number")) {
    const expected = objectives === 1 ? "a number" : `${objectives} numbers, one per objective`;
    return failed("value", `the objective must return ${expected}, it returned ${valueText(answer)}`);
  }
  if (values.some(Number.isNaN)) return failed("nan", `the objective returned ${valueText(answer)}`);
  return { state: "complete", values };
}

/** What an objective's error means. */
export function outcomeOfError(error: unknown, trial: TrialRecord): Outcome {
  if (error instanceof TrialPruned) return { state: "pruned", values: lastFiniteReport(trial) };
  if (error instanceof TrialAborted) return failed("aborted", error.message);
  if (error instanceof NonFiniteError) return failed("diverged", error.message);
  return failed("threw", error instanceof Error ? `${error.name}: ${error.message}` : valueText(error));
}

/** Undefined for trials that did not fail, or failed elsewhere without a reason. */
export function failureOf({ systemAttributes }: TrialRecord): Failure | undefined {
  const found = systemAttributes[FAILURE];
  return typeof found === "object" && found !== null && "kind" in found ? (found as unknown as Failure) : undefined;
}

export function failureAttribute({ kind, message }: Failure): Json {
  return { kind, message };
}

/** The report of the largest step whose value is finite. */
export function lastFiniteReport({ reports }: TrialRecord): readonly number[] | undefined {
  let last: number | undefined;
  let lastStep = Number.NEGATIVE_INFINITY;
  for (const [step, value] of reports)
    if (step >= lastStep && Number.isFinite(value)) {
      last = value;
      lastStep = step;
    }
  return last === undefined ? undefined : [last];
}

function failed(kind: Failure["kind"], message: string): Outcome {
  return { state: "failed", failure: { kind, message } };
}

/** A step as journals hold it: a whole number of at least 0. */
export function checkStep(step: unknown): number {
  if (typeof step === "number" && Number.isSafeInteger(step) && step >= 0) return step;
  throw new ArgumentError(`report: step must be a whole number of at least 0, got ${valueText(step)}`);
}
