// How many threads the trainers of one piece of work may use together, handed down through all that it calls and awaits.
import { AsyncLocalStorage } from "node:async_hooks";
import { wholeNumber } from "./fit_options.js";

const budget = new AsyncLocalStorage<number>();

/**
 * Runs `work` so that trainers made in it, or in anything that it calls or awaits, use at most this many threads unless they say
 * `threads` themselves. Trainers made before keep theirs. Within another budget the smaller one counts.
 * @returns What `work` returns.
 * @throws ArgumentError for anything but a whole number of at least 1
 */
export function withThreads<T>(threads: number, work: () => T): T {
  const wanted = wholeNumber("threads", threads, 1);
  return budget.run(Math.min(wanted, threadBudget() ?? wanted), work);
}

/** The budget of the work that asks; undefined outside of any. */
export function threadBudget(): number | undefined {
  return budget.getStore();
}
