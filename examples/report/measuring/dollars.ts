// Prices and their errors as text.
import type { Comparison } from "./comparison.js";

/** `$28,250`. */
export function dollars(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return `${value < 0 ? "-" : ""}$${Math.round(Math.abs(value)).toLocaleString("en")}`;
}

/** `+$1,250`. */
export function dollarsMore(value: number): string {
  return `${value >= 0 ? "+" : ""}${dollars(value)}`;
}

/** A comparison by an error in dollars: less is better. */
export function errorComparison(
  choice: string,
  measure: string,
  results: ReadonlyMap<string, readonly number[]>,
): Comparison {
  return { choice, measure, better: "lower", format: dollars, formatDifference: dollarsMore, results };
}
