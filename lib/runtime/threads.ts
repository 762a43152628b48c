// How many threads a step may use when the trainer does not say.
import { ArgumentError } from "../errors.js";
import { nativeInfo } from "./native.js";

/** NETWRIGHT_THREADS, else the cores that this process may use: affinity and cgroup quota respected. */
export function defaultThreads(): number {
  const wanted = process.env.NETWRIGHT_THREADS;
  if (wanted === undefined || wanted === "") return nativeInfo().threads;
  const threads = Number(wanted);
  if (!Number.isInteger(threads) || threads < 1)
    throw new ArgumentError(
      `NETWRIGHT_THREADS: expected a whole number of at least 1, found ${JSON.stringify(wanted)}`,
    );
  return threads;
}
