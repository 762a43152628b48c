// Which parameters belong together: what the finished trials of a study have in common.
import type { Distribution } from "../distribution.js";
import type { TrialRecord } from "../record.js";

/** Distributions by parameter name, ordered by name. */
export type SearchSpace = Readonly<Record<string, Distribution>>;

export interface SearchSpaceOptions {
  /** Counts pruned trials too. Default false. */
  readonly includePruned?: boolean;
}

/**
 * Parameters that every complete trial has, with the same distribution in all of them; empty when no trial is complete.
 * Parameters of one branch of a conditional space, and those whose bounds change, are therefore not in it.
 */
export function intersectionSearchSpace(
  trials: readonly TrialRecord[],
  { includePruned = false }: SearchSpaceOptions = {},
): SearchSpace {
  let common: [string, Distribution][] | undefined;
  for (const { state, distributions } of trials) {
    if (state !== "complete" && !(includePruned && state === "pruned")) continue;
    common =
      common === undefined
        ? Object.entries(distributions)
        : common.filter(
            ([name, distribution]) => Object.hasOwn(distributions, name) && equal(distributions[name], distribution),
          );
  }
  return ordered(common ?? []);
}

/**
 * Parameters in groups: two are in one group when each complete trial has both or neither. Each parameter of a complete
 * trial is in exactly one group, with the distribution that the latest of these trials gave it.
 */
export function groupedSearchSpaces(
  trials: readonly TrialRecord[],
  { includePruned = false }: SearchSpaceOptions = {},
): SearchSpace[] {
  let groups: string[][] = [];
  const latest = new Map<string, Distribution>();
  for (const { state, distributions } of trials) {
    if (state !== "complete" && !(includePruned && state === "pruned")) continue;
    const has = (name: string): boolean => Object.hasOwn(distributions, name);
    const names = Object.keys(distributions);
    const unseen = names.filter((name) => !latest.has(name));
    groups = [...groups.flatMap((group) => [group.filter(has), group.filter((name) => !has(name))]), unseen];
    groups = groups.filter((group) => group.length > 0);
    for (const name of names) latest.set(name, distributions[name] as Distribution);
  }
  return groups.map((group) => ordered(group.map((name) => [name, latest.get(name) as Distribution])));
}

function ordered(entries: readonly (readonly [string, Distribution])[]): SearchSpace {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As `sameDistribution`, without making texts: samplers compare the distributions of all trials for every new one. */
function equal(a: Distribution | undefined, b: Distribution): boolean {
  if (a === b) return true;
  if (a?.kind === "categorical" && b.kind === "categorical")
    return a.choices.length === b.choices.length && a.choices.every((choice, i) => choice === b.choices[i]);
  if (a === undefined || a.kind === "categorical" || b.kind === "categorical") return false;
  return a.kind === b.kind && a.low === b.low && a.high === b.high && a.log === b.log && a.step === b.step;
}
