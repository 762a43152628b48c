// One comparison: the same work by netwright and its peers, the times of all rounds, and the limit of the machine.
import { leastMilliseconds, type Roofline } from "../roofline.js";
import { median, type Ratio, ratioOf, short, threadsText } from "../statistics.js";
import type { Times } from "../turns.js";

export const OWN = "netwright";

export interface Row {
  /** Unique together with the threads; what --only looks into. */
  readonly row: string;
  readonly title: string;
  readonly threads: number;
  readonly times: Times;
  /** Milliseconds. */
  readonly medians: { readonly [contender: string]: number };
  /** How many times faster netwright is than each peer. */
  readonly ratios: { readonly [peer: string]: Ratio };
  /** That the work really needs. */
  readonly operations: number;
  /** At the best rate of products of matrices that was measured. */
  readonly leastMilliseconds?: number;
  /** More that was measured beside the contenders, in milliseconds. */
  readonly beside?: { readonly [what: string]: number };
}

export function makeRow(
  facts: Pick<Row, "row" | "title" | "threads" | "operations" | "beside">,
  times: Times,
  roofline: Roofline | undefined,
): Row {
  const own = times[OWN] ?? [];
  const peers = Object.entries(times).filter(([name]) => name !== OWN);
  return {
    ...facts,
    times,
    medians: Object.fromEntries(Object.entries(times).map(([name, each]) => [name, median(each)])),
    ratios: Object.fromEntries(peers.map(([name, each]) => [name, ratioOf(own, each)])),
    ...(roofline && { leastMilliseconds: leastMilliseconds(roofline, facts.operations, 0) }),
  };
}

/** For the terminal while the suite runs. */
export function rowLine({ title, threads, medians, ratios }: Row): string {
  const peers = Object.entries(ratios).map(
    ([name, ratio]) => `, ${name} ${short(medians[name])} ms (${short(ratio.median)} x)`,
  );
  return `${title}, ${threadsText(threads)}: ${short(medians[OWN])} ms${peers.join("")}`;
}
