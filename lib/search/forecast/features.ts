// Parameters as numbers for the regression of costs.
import type { Distribution, ParameterValue } from "../distribution.js";
import type { Point } from "./draws.js";

/** One row of features for a point. */
export type Features = (point: Point) => number[];

/** What values of a parameter become. */
type Column = (value: ParameterValue) => number;

/**
 * Logarithms of numbers above 0, which make costs that are products a sum, other numbers as they are, both between -1 and 1
 * over the space; an indicator for every choice that is no number. Only parameters that all `spaces` have.
 */
export function features(spaces: readonly Readonly<Record<string, Distribution>>[]): Features {
  const [first = {}] = spaces;
  const columns: [string, Column][] = [];
  for (const name of Object.keys(first)) {
    if (!spaces.every((space) => Object.hasOwn(space, name))) continue;
    for (const column of columnsOf(spaces.map((space) => space[name] as Distribution))) columns.push([name, column]);
  }
  return (point) => columns.map(([name, column]) => column(point[name] as ParameterValue));
}

function columnsOf(distributions: readonly Distribution[]): Column[] {
  const choices = distributions.flatMap((each) => (each.kind === "categorical" ? [...each.choices] : []));
  if (!choices.every((choice) => typeof choice === "number"))
    return [...new Set(choices)].map((choice) => (value) => (value === choice ? 1 : 0));
  const numbers = [
    ...choices,
    ...distributions.flatMap((each) => (each.kind === "categorical" ? [] : [each.low, each.high])),
  ];
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  if (low === high) return [];
  const scale = low > 0 ? Math.log : (value: number) => value;
  const middle = (scale(low) + scale(high)) / 2;
  const half = (scale(high) - scale(low)) / 2;
  return [(value) => (scale(value as number) - middle) / half];
}
