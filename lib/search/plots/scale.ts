// Axes: where a parameter's values lie on one, its ticks, and the range of objective values that is worth showing.
import type { ParameterValue } from "../distribution.js";
import type { Direction, TrialRecord } from "../record.js";
import { numberText } from "../text/numbers.js";

export interface Tick {
  /** From 0, the lower end, to 1. */
  readonly position: number;
  readonly text: string;
}

export interface ParameterScale {
  readonly name: string;
  readonly kind: "linear" | "log" | "categorical";
  readonly low: number;
  readonly high: number;
  /** Texts of a categorical parameter's choices, in the order of the distribution. */
  readonly choices: readonly string[];
  readonly ticks: readonly Tick[];
  /** From 0 to 1. */
  position(value: ParameterValue): number;
}

/** Covers every distribution that the parameter had in these trials: bounds may differ where a space is conditional. */
export function parameterScale(trials: readonly TrialRecord[], name: string): ParameterScale {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let log = true;
  let whole = true;
  const choices = new Set<string>();
  for (const trial of trials) {
    const distribution = trial.distributions[name];
    if (distribution === undefined) continue;
    if (distribution.kind === "categorical") for (const choice of distribution.choices) choices.add(String(choice));
    else {
      low = Math.min(low, distribution.low);
      high = Math.max(high, distribution.high);
      log &&= distribution.log;
      whole &&= distribution.kind === "int";
    }
  }
  if (choices.size > 0) return categoricalScale(name, trials, choices);
  const kind = log && low > 0 ? "log" : "linear";
  const on = kind === "log" ? Math.log : (value: number) => value;
  const place = (value: number) => (high === low ? 0.5 : (on(value) - on(low)) / (on(high) - on(low)));
  const ticks = (kind === "log" ? logTicks(low, high) : linearTicks(low, high))
    .filter((value) => !whole || Number.isInteger(value))
    .map((value) => ({ position: place(value), text: numberText(value) }));
  return { name, kind, low, high, choices: [], ticks, position: (value) => place(value as number) };
}

function categoricalScale(name: string, trials: readonly TrialRecord[], choices: Set<string>): ParameterScale {
  for (const { parameters } of trials) if (Object.hasOwn(parameters, name)) choices.add(String(parameters[name]));
  const texts = [...choices];
  const place = (index: number) => (texts.length === 1 ? 0.5 : index / (texts.length - 1));
  return {
    name,
    kind: "categorical",
    low: 0,
    high: texts.length - 1,
    choices: texts,
    ticks: texts.map((text, i) => ({ position: place(i), text })),
    position: (value) => place(texts.indexOf(String(value))),
  };
}

/** About five round numbers between the bounds. */
export function linearTicks(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ((rough / power < 1.5 && 1) || (rough / power < 3.5 && 2) || (rough / power < 7.5 && 5) || 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Powers of ten, at most six or so; below two decades 1, 2 and 5 of each. */
export function logTicks(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = Math.log10(high / low);
  const every = Math.max(1, Math.ceil(decades / 6));
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent++)
    for (const digit of decades < 2 ? [1, 2, 5] : [1]) {
      const value = Number(`${digit}e${exponent}`);
      if (value >= low * 0.999 && value <= high * 1.001 && (exponent - first) % every === 0) ticks.push(value);
    }
  return ticks.length > 0 ? ticks : [low, high];
}

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** Finite values that are worse than the range shows. */
  readonly hidden: number;
}

/**
 * The range that holds the best nine of ten values, or all of them when the worst tenth is not far off: one trial that
 * diverged must not press all others together. Undefined without a finite value.
 */
export function valueRange(values: readonly number[], direction: Direction): ValueRange | undefined {
  const sign = direction === "minimize" ? 1 : -1;
  const costs = values.filter(Number.isFinite).map((value) => sign * value);
  costs.sort((a, b) => a - b);
  if (costs.length === 0) return undefined;
  const best = costs[0] as number;
  const worst = costs.at(-1) as number;
  const usual = costs[Math.floor((costs.length - 1) * 0.9)] as number;
  const limit = usual + 0.1 * (usual - best);
  const cut = usual > best && worst - best > 4 * (usual - best);
  const end = cut ? limit : worst;
  const [low, high] = sign === 1 ? [best, end] : [-end, -best];
  return { low, high, hidden: cut ? costs.filter((cost) => cost > end).length : 0 };
}

/** The range with a margin, so that no mark lies on the frame. */
export function padded({ low, high }: Pick<ValueRange, "low" | "high">): [number, number] {
  const margin = high > low ? 0.06 * (high - low) : 0.05 * Math.abs(high) || 1;
  return [low - margin, high + margin];
}
