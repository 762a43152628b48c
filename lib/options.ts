// Reads and checks the options of layers, losses and optimizers, from a script and from a file alike.
import { ArgumentError } from "./errors.js";

/** One option: what it must be, and the form in which it is kept. */
export interface Option {
  /** Completes the sentence "must be ...". */
  readonly expected: string;
  /** The value as kept, undefined when it cannot be used; `parse(parse(x))` equals `parse(x)`. */
  parse(value: unknown): unknown;
  /** Absent: the option is required. `undefined` in an `optional` one means that it stays away. */
  readonly default?: unknown;
  readonly optional?: true;
}

export type Options = Readonly<Record<string, Option>>;

/** Plain data with a registry name: a layer, loss or optimizer. */
export interface Spec {
  readonly kind: string;
}

/**
 * The spec with every option checked, defaults filled in, frozen.
 * @param name how messages call it: `conv2d`
 * @throws ArgumentError that names the option, what it must be and what was found
 */
export function readSpec<S extends Spec>(name: string, kind: S["kind"], options: Options, given: object): S {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new ArgumentError(`${name}: expects an object of options, got ${valueText(given)}`);
  const spec: Record<string, unknown> = { kind };
  for (const key of Object.keys(given))
    if (key !== "kind" && !Object.hasOwn(options, key))
      throw new ArgumentError(unknownOption(name, key, Object.keys(options)));
  for (const [key, option] of Object.entries(options)) {
    const value = (given as Record<string, unknown>)[key] ?? option.default;
    if (value === undefined && option.optional) continue;
    const parsed = value === undefined ? undefined : option.parse(value);
    if (parsed === undefined)
      throw new ArgumentError(`${name}: ${key} must be ${option.expected}, got ${valueText(value)}`);
    spec[key] = deepFreeze(parsed);
  }
  return Object.freeze(spec) as unknown as S;
}

/** The same option with a default. */
export function withDefault(option: Option, value: unknown): Option {
  return { ...option, default: value };
}

/** The same option, which may stay away. */
export function optional(option: Option): Option {
  return { ...option, optional: true };
}

export const positiveWhole: Option = {
  expected: "a positive whole number",
  parse: (value) => (isWhole(value) && value > 0 ? value : undefined),
};

export const flag: Option = {
  expected: "true or false",
  parse: (value) => (typeof value === "boolean" ? value : undefined),
};

/** A finite number in the given range; `below` and `above` exclude their bound. */
export function numberIn(range: { from?: number; above?: number; below?: number; to?: number }): Option {
  const { from = -Infinity, above = -Infinity, below = Infinity, to = Infinity } = range;
  const limits: string[] = [];
  if (from > -Infinity) limits.push(`at least ${from}`);
  if (above > -Infinity) limits.push(`above ${above}`);
  if (below < Infinity) limits.push(`below ${below}`);
  if (to < Infinity) limits.push(`at most ${to}`);
  return {
    expected: `a number ${limits.join(" and ")}`.trim(),
    parse: (value) =>
      typeof value === "number" &&
      Number.isFinite(value) &&
      value >= from &&
      value > above &&
      value < below &&
      value <= to
        ? value
        : undefined,
  };
}

/** One of a few words. */
export function oneOf(words: readonly string[]): Option {
  return {
    expected: `one of ${words.map((word) => `"${word}"`).join(", ")}`,
    parse: (value) => (typeof value === "string" && words.includes(value) ? value : undefined),
  };
}

/** A size per axis, `n` standing for `[n, n]`; kept as `[vertical, horizontal]`. */
export const positivePair: Option = {
  expected: "a positive whole number or two of them, [vertical, horizontal]",
  parse: (value) => {
    const pair = isWhole(value) ? [value, value] : value;
    return Array.isArray(pair) && pair.length === 2 && pair.every((size) => isWhole(size) && size > 0)
      ? [...pair]
      : undefined;
  },
};

/** A value as it reads in messages, short. */
export function valueText(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  const text = JSON.stringify(value, (_, part) =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
  );
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** Freezes plain data all the way down and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

function unknownOption(name: string, key: string, known: readonly string[]): string {
  if (known.length === 0) return `${name}: unknown option "${key}"; it has none`;
  return `${name}: unknown option "${key}"; it has ${known.join(", ")}`;
}
