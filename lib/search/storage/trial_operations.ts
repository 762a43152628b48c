// What an operation makes of the record of a trial: a new record, the old one stays as it is.
import { type Distribution, decodeDistribution, encodeDistribution, fromInternal } from "../distribution.js";
import { isFinished, type Json, type TrialRecord } from "../record.js";
import type { Operation } from "./backend.js";
import { Code, stateOf, timeOf } from "./operations.js";

type Attributes = Readonly<Record<string, Json>>;

/** The record of a new trial. */
export function createdTrial(id: number, number: number, operation: Operation): TrialRecord {
  const texts = (operation.distributions ?? {}) as Record<string, string>;
  const distributions = mapValues(texts, distributionOf);
  const internal = (operation.params ?? {}) as Record<string, number>;
  const state = stateOf(operation.state ?? 0);
  const values = (operation.values ?? (operation.value == null ? undefined : [operation.value])) as
    | number[]
    | undefined;
  const reports = Object.entries((operation.intermediate_values ?? {}) as Record<string, number>);
  return {
    id,
    number,
    state,
    values: holdsValues(state) ? values : undefined,
    parameters: mapValues(internal, (value, name) => fromInternal(distributions[name] as Distribution, value)),
    distributions,
    reports: new Map(reports.map(([step, value]) => [Number(step), value])),
    userAttributes: (operation.user_attrs ?? {}) as Attributes,
    systemAttributes: (operation.system_attrs ?? {}) as Attributes,
    startedAt: timeOf(operation.datetime_start),
    endedAt: timeOf(operation.datetime_complete),
  };
}

/**
 * The trial after the operation; the same object when it changes nothing: finished trials stay as they are, and a trial that runs
 * cannot be claimed. `mine` holds maps of reports that nobody else has seen, which are added to instead of copied.
 */
export function changedTrial(trial: TrialRecord, operation: Operation, mine?: WeakSet<object>): TrialRecord {
  if (isFinished(trial)) return trial;
  switch (operation.op_code) {
    case Code.setParameter: {
      const name = operation.param_name as string;
      const distribution = distributionOf(operation.distribution as string);
      const value = fromInternal(distribution, operation.param_value_internal as number);
      return {
        ...trial,
        parameters: { ...trial.parameters, [name]: value },
        distributions: { ...trial.distributions, [name]: distribution },
      };
    }
    case Code.setState:
      return inState(trial, operation);
    case Code.report: {
      const reports = mine?.has(trial.reports) ? (trial.reports as Map<number, number>) : new Map(trial.reports);
      mine?.add(reports);
      reports.set(operation.step as number, operation.intermediate_value as number);
      return { ...trial, reports };
    }
    case Code.setUserAttribute:
      return { ...trial, userAttributes: { ...trial.userAttributes, ...(operation.user_attr as Attributes) } };
    case Code.setSystemAttribute:
      return { ...trial, systemAttributes: { ...trial.systemAttributes, ...(operation.system_attr as Attributes) } };
    default:
      return trial;
  }
}

/** What two distributions of one parameter must share, in one study; bounds may differ. */
export function compatibilityKey(distribution: Distribution): string {
  if (distribution.kind !== "categorical")
    return `${distribution.kind} ${distribution.log ? "in" : "not in"} logarithm`;
  // Python takes true and 1 for equal.
  const choices = distribution.choices.map((choice) => (typeof choice === "boolean" ? Number(choice) : choice));
  return encodeDistribution({ kind: "categorical", choices });
}

const decoded = new Map<string, Distribution>();

/** Trials of one study mostly share their distributions. */
export function distributionOf(text: string): Distribution {
  let distribution = decoded.get(text);
  if (distribution === undefined) {
    distribution = decodeDistribution(text);
    if (decoded.size > 10_000) decoded.clear();
    decoded.set(text, distribution);
  }
  return distribution;
}

function inState(trial: TrialRecord, operation: Operation): TrialRecord {
  const state = stateOf(operation.state);
  if (state === "running" && trial.state === "running") return trial;
  const values = (operation.values ?? trial.values) as readonly number[] | undefined;
  const changed = { ...trial, state, values: holdsValues(state) ? values : undefined };
  if (state === "running") return { ...changed, startedAt: timeOf(operation.datetime_start) };
  return isFinished(changed) ? { ...changed, endedAt: timeOf(operation.datetime_complete) } : changed;
}

function holdsValues(state: TrialRecord["state"]): boolean {
  return state === "complete" || state === "pruned";
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
