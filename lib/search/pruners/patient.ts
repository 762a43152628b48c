// Lets a trial go on while it improves, whatever another pruner says.
import { ArgumentError } from "../../errors.js";
import { numberIn, readSpec, type Spec, valueText, withDefault } from "../../options.js";
import { type Direction, isBetter, type LiveTrial, type StudyRecord, type TrialRecord } from "../record.js";
import type { Pruner } from "./pruner.js";
import { wholeFrom } from "./steps.js";

export interface PatientOptions {
  /** By how much the best of the latest reports may fall short of the best before without being called worse. Default 0. */
  readonly minDelta?: number;
}

interface PatientSpec extends Spec, Required<PatientOptions> {
  readonly patience: number;
}

const options = { patience: wholeFrom(0), minDelta: withDefault(numberIn({ from: 0 }), 0) };

/**
 * Asks `inner` only when none of the latest `patience + 1` reports was as good as the best one before them, less `minDelta`.
 * Without `inner` that alone prunes: early stopping of each trial for itself. Decides as Optuna's PatientPruner.
 * @throws ArgumentError for options out of range or unknown, and for an `inner` that is no pruner
 */
export function patient(inner: Pruner | undefined, patience: number, given: PatientOptions = {}): Pruner {
  if (inner !== undefined && typeof inner?.prune !== "function")
    throw new ArgumentError(
      `patient: expects a pruner such as median(), or undefined for none, as its first argument, got ${valueText(inner)}`,
    );
  const { patience: _, ...rest } = options;
  readSpec("patient", "patient", rest, given);
  const spec = readSpec<PatientSpec>("patient", "patient", options, { ...given, patience });
  const relevantTrials = inner?.relevantTrials?.bind(inner);
  return Object.freeze({
    name: inner === undefined ? "patient" : `patient ${inner.name}`,
    prune: (study: StudyRecord, trial: LiveTrial) =>
      hasWorsened(spec, study.directions[0] as Direction, trial) && (inner === undefined || inner.prune(study, trial)),
    ...(relevantTrials === undefined ? {} : { relevantTrials }),
  });
}

function hasWorsened({ patience, minDelta }: PatientSpec, direction: Direction, { reports }: TrialRecord): boolean {
  if (reports.size <= patience + 1) return false;
  const values = [...reports].sort(([a], [b]) => a - b).map(([, value]) => value);
  const best = (part: readonly number[]): number =>
    part.reduce((a, b) => (isBetter(direction, b, a) ? b : a), Number.NaN);
  const before = best(values.slice(0, -patience - 1));
  const after = best(values.slice(-patience - 1));
  // Written out for either direction: NaN on any side must not prune.
  return direction === "minimize" ? before + minDelta < after : before - minDelta > after;
}
