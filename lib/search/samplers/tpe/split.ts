// Which finished trials count as good ones: by value, pruned trials after complete ones, several objectives by dominance.
import type { Direction, StudyRecord, TrialRecord } from "../../record.js";
import { byCoordinates, volumeSubset } from "./hypervolume.js";

export interface SplitTrials {
  /** By number. */
  readonly better: readonly TrialRecord[];
  /** By number. */
  readonly worse: readonly TrialRecord[];
}

/** Trials that have something to teach: complete and, with one objective, pruned ones. */
export function informativeTrials({ directions, trials }: StudyRecord): TrialRecord[] {
  return trials.filter(
    ({ state, values }) =>
      (state === "complete" && values !== undefined) || (state === "pruned" && directions.length === 1),
  );
}

/** How many of that many finished trials are good ones: a tenth, and with one objective no more than 25. */
export function defaultGoodCount(objectives: number, finished: number): number {
  const tenth = Math.ceil(finished / 10);
  return objectives === 1 ? Math.min(tenth, 25) : tenth;
}

/** The `count` best of the trials, and the others. */
export function splitTrials(
  directions: readonly Direction[],
  trials: readonly TrialRecord[],
  count: number,
): SplitTrials {
  const best = new Set(
    directions.length === 1
      ? bestByValue(directions[0] as Direction, trials, count)
      : bestByDominance(directions, trials, count),
  );
  return { better: trials.filter((trial) => best.has(trial)), worse: trials.filter((trial) => !best.has(trial)) };
}

function bestByValue(direction: Direction, trials: readonly TrialRecord[], count: number): TrialRecord[] {
  const ranked = trials.map((trial) => ({ trial, key: rankOf(direction, trial) }));
  ranked.sort((a, b) => byCoordinates(a.key, b.key));
  return ranked.slice(0, count).map(({ trial }) => trial);
}

/**
 * Smaller is better: complete before pruned, then pruned later before pruned earlier, then by value, NaN behind infinite ones;
 * nothing reported is last.
 */
function rankOf(direction: Direction, { state, values, reports }: TrialRecord): number[] {
  if (state === "complete") return [Number.NEGATIVE_INFINITY, loss(direction, values?.[0]), nanLast(values?.[0])];
  const last = Math.max(...reports.keys());
  if (last === Number.NEGATIVE_INFINITY) return [Number.POSITIVE_INFINITY, 0, 0];
  return [-last, loss(direction, reports.get(last)), nanLast(reports.get(last))];
}

function nanLast(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 1 : 0;
}

/** To be minimized; what is no number is the worst. */
function loss(direction: Direction, value: number | undefined): number {
  if (value === undefined || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return direction === "minimize" ? value : -value;
}

/** Front after front; of the one that does not fit as a whole, trials that dominate much volume (Ozaki et al. 2022). */
function bestByDominance(
  directions: readonly Direction[],
  trials: readonly TrialRecord[],
  count: number,
): TrialRecord[] {
  let left = trials
    .map((trial) => ({ trial, losses: directions.map((direction, i) => loss(direction, trial.values?.[i])) }))
    .sort((a, b) => byCoordinates(a.losses, b.losses));
  const best: TrialRecord[] = [];
  while (best.length < count && left.length > 0) {
    const front: typeof left = [];
    // In this order no trial is dominated by a later one.
    const beyond = left.filter((entry) => {
      const dominated = front.some(({ losses }) => dominatesAll(losses, entry.losses));
      if (!dominated) front.push(entry);
      return dominated;
    });
    if (best.length + front.length <= count) best.push(...front.map(({ trial }) => trial));
    else {
      const points = front.map(({ losses }) => losses);
      for (const i of volumeSubset(points, referencePoint(points), count - best.length))
        best.push((front[i] as (typeof front)[number]).trial);
    }
    left = beyond;
  }
  return best;
}

/** At least as good everywhere and not equal. */
function dominatesAll(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= (b[i] as number)) && a.some((value, i) => value !== b[i]);
}

/** A little worse than the worst in every objective, so that the ends of a front have a volume of their own. */
function referencePoint(points: readonly (readonly number[])[]): number[] {
  return (points[0] as readonly number[]).map((_, i) => {
    const worst = Math.max(...points.map((point) => point[i] as number));
    return Math.max(1.1 * worst, 0.9 * worst) || Number.EPSILON;
  });
}
