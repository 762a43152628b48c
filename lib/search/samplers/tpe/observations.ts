// What a trial shows of some parameters, and what a running one is going to: proposals are noted before they are asked for.
import { type Distribution, type ParameterValue, toInternal } from "../../distribution.js";
import type { Json, LiveTrial, TrialRecord } from "../../record.js";
import type { SearchSpace } from "../search_space.js";

/** Optuna's attribute for parameters that were proposed together: JSON in numbered pieces. */
const TOGETHER = "tpe:relative_params";
/** Longest piece; Optuna's databases hold no longer one. */
const PIECE = 2045;

/** Lets other workers know of values before the objective asks for them. */
export function rememberTogether(trial: LiveTrial, values: Readonly<Record<string, ParameterValue>>): void {
  const text = JSON.stringify(values);
  for (let piece = 0; piece * PIECE < text.length; piece++)
    trial.setSystemAttribute(`${TOGETHER}:${piece}`, text.slice(piece * PIECE, (piece + 1) * PIECE));
}

/**
 * Points of those trials that have all parameters of the space, within its bounds, as internal numbers in its order.
 * Of running trials what was proposed for them counts as well.
 */
export function observedPoints(space: SearchSpace, trials: readonly TrialRecord[]): number[][] {
  const entries = Object.entries(space);
  return trials.flatMap((trial) => {
    const values = trial.state === "running" ? { ...proposedTogether(trial), ...trial.parameters } : trial.parameters;
    const point: number[] = [];
    for (const [name, distribution] of entries) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined || !isWithin(distribution, value)) return [];
      point.push(toInternal(distribution, value as ParameterValue));
    }
    return [point];
  });
}

/** Steps may have changed since: a value between them still tells something. */
function isWithin(distribution: Distribution, value: Json): boolean {
  if (distribution.kind === "categorical") return distribution.choices.includes(value as ParameterValue);
  return typeof value === "number" && value >= distribution.low && value <= distribution.high;
}

/** Nothing when a piece is missing: another worker may be writing them. */
function proposedTogether({ systemAttributes }: TrialRecord): Readonly<Record<string, Json>> {
  let text = "";
  for (let piece = 0; ; piece++) {
    const part = systemAttributes[`${TOGETHER}:${piece}`];
    if (typeof part !== "string") break;
    text += part;
  }
  try {
    const values: unknown = JSON.parse(text);
    return typeof values === "object" && values !== null ? (values as Readonly<Record<string, Json>>) : {};
  } catch {
    return {};
  }
}
