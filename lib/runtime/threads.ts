// How many threads a step may use when the trainer does not say.
import { ArgumentError } from "../errors.js";
import { nativeInfo } from "./native.js";
import { threadBudget } from "./thread_budget.js";

/**
 * NETWRIGHT_THREADS, else the cores that this process may use: affinity and cgroup quota respected. Work that has a budget of
 * threads gets no more than that.
 */
export function defaultThreads(): number {
  return Math.min(processThreads(), threadBudget() ?? Number.POSITIVE_INFINITY);
}

function processThreads(): number {
  const wanted = process.env.NETWRIGHT_THREADS;
  if (wanted === undefined || wanted === "") return nativeInfo().threads;
  const threads = Number(wanted);
  if (!Number.isInteger(threads) || threads < 1)
    throw new ArgumentError(
      `NETWRIGHT_THREADS: expected a whole number of at least 1, found ${JSON.stringify(wanted)}`,
    );
  return threads;
}
