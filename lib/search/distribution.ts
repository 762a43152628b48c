// What a parameter may be, as plain data: the same three kinds, and the same JSON, as Optuna's distributions.
import { ArgumentError, DataError } from "../errors.js";
import { valueText } from "../options.js";

export type Choice = string | number | boolean | null;
export type ParameterValue = Choice;

/** Real numbers of [low, high]; with `step` only low, low + step, ...; with `log` uniform in the logarithm. */
export interface FloatDistribution {
  readonly kind: "float";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
}

/** Whole numbers low, low + step, ... up to high. */
export interface IntDistribution {
  readonly kind: "int";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
}

/** One of a list, without an order. */
export interface CategoricalDistribution {
  readonly kind: "categorical";
  readonly choices: readonly Choice[];
}

export type Distribution = FloatDistribution | IntDistribution | CategoricalDistribution;

export interface FloatOptions {
  /** Uniform in the logarithm; not together with `step`. Default false. */
  readonly log?: boolean;
  /** Only low, low + step, ... */
  readonly step?: number;
}

export interface IntOptions {
  /** Uniform in the logarithm; not together with a `step` other than 1. Default false. */
  readonly log?: boolean;
  /** Default 1. */
  readonly step?: number;
}

/** Throws ArgumentError, naming the parameter, for bounds that hold nothing. */
export function floatDistribution(
  name: string,
  low: number,
  high: number,
  options: FloatOptions = {},
): FloatDistribution {
  const { log = false, step = null } = options;
  checkBounds(name, low, high, options);
  if (step !== null && !(Number.isFinite(step) && step > 0))
    refuse(name, `step must be a number above 0, got ${valueText(step)}`);
  if (log && step !== null) refuse(name, "log and step exclude each other; leave one out");
  if (log && low <= 0) refuse(name, `log needs bounds above 0, got ${low}`);
  return Object.freeze({ kind: "float", low, high: step === null ? high : lastStep(low, high, step), log, step });
}

/** Throws ArgumentError, naming the parameter, for bounds that hold nothing. */
export function intDistribution(name: string, low: number, high: number, options: IntOptions = {}): IntDistribution {
  const { log = false, step = 1 } = options;
  checkBounds(name, low, high, options);
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high))
    refuse(name, `bounds must be whole numbers, got ${low} and ${high}`);
  if (!Number.isSafeInteger(step) || step < 1)
    refuse(name, `step must be a whole number above 0, got ${valueText(step)}`);
  if (log && step !== 1) refuse(name, "log and step exclude each other; leave one out");
  if (log && low < 1) refuse(name, `log needs bounds of at least 1, got ${low}`);
  return Object.freeze({ kind: "int", low, high: low + Math.floor((high - low) / step) * step, log, step });
}

/** Throws ArgumentError, naming the parameter, for choices that cannot be told apart or written down. */
export function categoricalDistribution(name: string, choices: readonly Choice[]): CategoricalDistribution {
  if (!Array.isArray(choices) || choices.length === 0)
    refuse(name, `expects a list of choices, got ${valueText(choices)}`);
  for (const choice of choices) {
    const plain = choice === null || ["string", "boolean"].includes(typeof choice) || Number.isFinite(choice);
    if (!plain) refuse(name, `a choice must be a string, a finite number, a boolean or null, got ${valueText(choice)}`);
  }
  if (new Set(choices).size !== choices.length) refuse(name, `a choice stands twice in ${valueText(choices)}`);
  return Object.freeze({ kind: "categorical", choices: Object.freeze([...choices]) });
}

/** True when there is one value only: nothing to sample. */
export function isSingle(distribution: Distribution): boolean {
  return distribution.kind === "categorical"
    ? distribution.choices.length === 1
    : distribution.low === distribution.high;
}

/** The number that journals and samplers keep: the value itself, or a choice's index. */
export function toInternal(distribution: Distribution, value: ParameterValue): number {
  return distribution.kind === "categorical" ? distribution.choices.indexOf(value) : (value as number);
}

export function fromInternal(distribution: Distribution, internal: number): ParameterValue {
  if (distribution.kind === "categorical") return distribution.choices[internal] as ParameterValue;
  return distribution.kind === "int" ? Math.round(internal) : internal;
}

/** True for a value that the distribution holds; steps to within rounding. */
export function contains(distribution: Distribution, value: unknown): value is ParameterValue {
  if (distribution.kind === "categorical") return distribution.choices.includes(value as Choice);
  if (typeof value !== "number" || !(value >= distribution.low && value <= distribution.high)) return false;
  if (distribution.kind === "int" && !Number.isInteger(value)) return false;
  if (distribution.step === null) return true;
  const steps = (value - distribution.low) / distribution.step;
  return Math.abs(steps - Math.round(steps)) < 1e-8 * Math.max(1, Math.abs(steps));
}

export function sameDistribution(a: Distribution, b: Distribution): boolean {
  return encodeDistribution(a) === encodeDistribution(b);
}

/** Optuna's JSON. */
export function encodeDistribution(distribution: Distribution): string {
  const { kind, ...attributes } = distribution;
  return JSON.stringify({ name: pythonNames[kind], attributes });
}

/** Reads Optuna's JSON, that of its retired distributions too. */
export function decodeDistribution(text: string): Distribution {
  const { name, attributes: a } = JSON.parse(text) as { name: string; attributes: OptunaAttributes };
  const { low, high } = a;
  switch (name) {
    case "FloatDistribution":
      return Object.freeze({ kind: "float", low, high, log: a.log, step: a.step ?? null });
    case "IntDistribution":
      return Object.freeze({ kind: "int", low, high, log: a.log, step: a.step ?? 1 });
    case "CategoricalDistribution":
      return Object.freeze({ kind: "categorical", choices: Object.freeze(a.choices) });
    case "UniformDistribution":
    case "LogUniformDistribution":
      return Object.freeze({ kind: "float", low, high, log: name.startsWith("Log"), step: null });
    case "DiscreteUniformDistribution":
      return Object.freeze({ kind: "float", low, high, log: false, step: a.q });
    case "IntUniformDistribution":
    case "IntLogUniformDistribution":
      return Object.freeze({ kind: "int", low, high, log: name.includes("Log"), step: a.step ?? 1 });
    default:
      throw new DataError(`a journal has a distribution "${name}", which is not known here`);
  }
}

/** Each kind has some of these. */
interface OptunaAttributes {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step?: number | null;
  readonly q: number;
  readonly choices: readonly Choice[];
}

const pythonNames = {
  float: "FloatDistribution",
  int: "IntDistribution",
  categorical: "CategoricalDistribution",
} as const;

function checkBounds(name: string, low: number, high: number, options: object): void {
  if (!Number.isFinite(low) || !Number.isFinite(high))
    refuse(name, `bounds must be finite numbers, got ${valueText(low)} and ${valueText(high)}`);
  if (low > high) refuse(name, `the lower bound ${low} is above the upper bound ${high}`);
  for (const key of Object.keys(options))
    if (key !== "log" && key !== "step") refuse(name, `there is no option "${key}"; there are log and step`);
}

/** The largest of low, low + step, ... that is not above high, rounding forgiven. */
function lastStep(low: number, high: number, step: number): number {
  const steps = Math.floor((high - low) / step + 1e-8);
  const last = low + steps * step;
  return Math.abs(last - high) < 1e-8 * step ? high : last;
}

function refuse(name: string, why: string): never {
  throw new ArgumentError(`parameter "${name}": ${why}`);
}
