// Verdicts on claims, computed from the intervals of what was measured: nobody types one in.
import { difference, type Estimate, singleTraining } from "./statistics.js";

export const verdicts = ["agrees", "does not agree", "in part", "not decided by these data"] as const;
export type Verdict = (typeof verdicts)[number];

/** On "this is positive": agrees when the whole interval is, does not agree when the whole interval is negative. */
export function isPositive({ low, high }: Pick<Estimate, "low" | "high">): Verdict {
  if (low > 0) return "agrees";
  return high < 0 ? "does not agree" : "not decided by these data";
}

/** On "this is negative". */
export function isNegative({ low, high }: Pick<Estimate, "low" | "high">): Verdict {
  return isPositive({ low: -high, high: -low });
}

/**
 * On a claim that holds when all of its parts do. One part that does not agree decides against it, unless others agree: then it
 * holds in part, as it does when some parts agree and the others are not decided.
 */
export function together(parts: readonly Verdict[]): Verdict {
  const has = (verdict: Verdict) => parts.includes(verdict);
  if (parts.length > 0 && parts.every((verdict) => verdict === "agrees")) return "agrees";
  if (has("in part") || has("agrees")) return "in part";
  return has("does not agree") ? "does not agree" : "not decided by these data";
}

/**
 * On "this one is the best": agrees when it beats each of the others, does not agree as soon as one of the others beats it. Beating
 * some and being level with the rest is "in part".
 * @param results the values over the same seeds, by name
 * @param better which values are good
 */
export function isBest(
  name: string,
  results: ReadonlyMap<string, readonly number[]>,
  better: "higher" | "lower" = "higher",
): Verdict {
  const own = results.get(name);
  if (own === undefined || results.size < 2)
    throw new RangeError(`isBest: expected "${name}" and others, found ${[...results.keys()].join(", ") || "none"}`);
  const claimed = better === "higher" ? isPositive : isNegative;
  const against = [...results]
    .filter(([other]) => other !== name)
    .map(([, values]) => claimed(difference(own, values)));
  return against.includes("does not agree") ? "does not agree" : together(against);
}

/**
 * On "a training gives this figure": agrees when one more training here would give it, nineteen times of twenty, and trainings scatter
 * by no more than the tolerance to either side; with a wider scatter it is not decided, for then nearly every figure would agree. Does
 * not agree when the figure lies outside. Needs three seeds.
 */
export function isReproduced(original: number, values: readonly number[], tolerance: number): Verdict {
  if (values.length < 3) return "not decided by these data";
  const { mean, low, high } = singleTraining(values);
  if (original < low || original > high) return "does not agree";
  return high - mean <= tolerance ? "agrees" : "not decided by these data";
}
