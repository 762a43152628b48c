// One choice compared over seeds: its figure, its table, and sentences and claims that are filled in from the measurement.
import { type Axes, intervalFigure, shareAxis } from "../page/figures.js";
import type { Claim, Figure, Table } from "../section.js";
import { difference, type Estimate, estimate } from "./statistics.js";
import { listText, percent, points, withInterval } from "./support.js";
import { isBest, isPositive } from "./verdict.js";

export interface Comparison {
  /** What is chosen, as the axis of the figure names it: `activation`. */
  readonly choice: string;
  /** What is measured, with its unit. */
  readonly measure: string;
  /** Default higher. */
  readonly better?: "higher" | "lower";
  /** A value as text. Default: a share of 1 in per cent. */
  readonly format?: (value: number) => string;
  /** A difference as text. Default: in points of a percentage, with its sign. */
  readonly formatDifference?: (value: number) => string;
  /** Values by the name of the choice, of the same seeds in the same order. */
  readonly results: ReadonlyMap<string, readonly number[]>;
}

/** The choices from best mean to worst. */
export function ranking({ results, better = "higher" }: Comparison): [name: string, estimate: Estimate][] {
  const sign = better === "higher" ? -1 : 1;
  return [...results]
    .map(([name, values]): [string, Estimate] => [name, estimate(values)])
    .sort(([, a], [, b]) => sign * (a.mean - b.mean));
}

/** The choice with the best mean. */
export function leader(comparison: Comparison): string {
  return ranking(comparison)[0]![0];
}

export function comparisonFigure(caption: string, comparison: Comparison, axes: Partial<Axes> = {}): Figure {
  const estimates = new Map([...comparison.results].map(([name, values]) => [name, estimate(values)]));
  const yFormat = comparison.format === undefined ? shareAxis : {};
  return intervalFigure(
    `${caption} Large dots are means, bars their 95 % intervals, small dots single trainings.`,
    {
      x: comparison.choice,
      y: comparison.measure,
      ...yFormat,
      ...axes,
    },
    [{ name: comparison.measure, estimates }],
  );
}

/** A row for each choice: the mean with its interval, the difference to the best one seed by seed, and columns of one's own. */
export function comparisonTable(
  caption: string,
  comparison: Comparison,
  more: Readonly<Record<string, (name: string) => string>> = {},
): Table {
  const { results, format = percent, formatDifference = points } = comparison;
  const best = leader(comparison);
  return {
    kind: "table",
    caption,
    columns: [comparison.choice, comparison.measure, `difference to ${best}`, ...Object.keys(more)],
    rows: [...results].map(([name, values]) => [
      name,
      withInterval(estimate(values), format),
      name === best ? "best mean" : withInterval(difference(values, results.get(best)!), formatDifference),
      ...Object.values(more).map((column) => column(name)),
    ]),
  };
}

/** What came out best, by how much, and whether that can be told from luck. */
export function leaderSentence(comparison: Comparison): string {
  const { results, better = "higher", format = percent, formatDifference = points } = comparison;
  const [first, second] = ranking(comparison);
  if (first === undefined || second === undefined) return "There is nothing to compare it with.";
  const [[name, best], [next]] = [first, second];
  const lead = difference(results.get(name)!, results.get(next)!);
  const ahead = isPositive(better === "higher" ? lead : { low: -lead.high, high: -lead.low });
  const level = ranking(comparison)
    .slice(1)
    .filter(
      ([other]) => isBest(name, new Map([name, other].map((key) => [key, results.get(key)!])), better) !== "agrees",
    )
    .map(([other]) => other);
  const luck =
    best.values.length === 1
      ? "With one seed that may be luck."
      : ahead === "agrees"
        ? "The whole interval is on one side of zero: that is more than luck of the seeds."
        : `The interval holds zero: with ${best.values.length} seeds it cannot be told from luck${level.length > 1 ? `, and no more can its lead over ${listText(level.slice(1))}` : ""}.`;
  return `The best mean belongs to ${name}, with ${withInterval(best, format)}; against the next, ${next}, the difference is ${withInterval(lead, formatDifference)}. ${luck}`;
}

/**
 * What the original found beside what came out here.
 * @param why what may explain it, when here another choice is better by more than luck
 */
export function originalSentence(name: string, comparison: Comparison, why: string): string {
  const { results, better = "higher", formatDifference = points } = comparison;
  const best = leader(comparison);
  if (best === name) return `The original found ${name} best, and so does the mean here.`;
  const behind = difference(results.get(name)!, results.get(best)!);
  const worse = isPositive(better === "lower" ? behind : { low: -behind.high, high: -behind.low });
  const found = `The original found ${name} best; here ${name} minus ${best} is ${withInterval(behind, formatDifference)}`;
  return worse === "agrees"
    ? `${found}, more than luck. ${why}`
    : `${found}, which may be luck: one training of each, as in the original, could have shown either.`;
}

/** On "this choice was the best". */
export function bestClaim(original: string, name: string, comparison: Comparison): Claim {
  const { results, better, format = percent, formatDifference = points } = comparison;
  const own = results.get(name)!;
  const against = [...results]
    .filter(([other]) => other !== name)
    .map(([other, values]) => `against ${other} ${withInterval(difference(own, values), formatDifference)}`);
  return {
    original,
    measured: `${name}: ${withInterval(estimate(own), format)}; ${against.join("; ")}.`,
    verdict: isBest(name, results, better),
  };
}
