// The cores of this process, divided among trials beside each other.
import { withThreads } from "../runtime/thread_budget.js";
import { defaultThreads } from "../runtime/threads.js";

/** Runs one of `parallel` trials: trainers made in it have their share of the threads, at least one. */
export function withThreadShare<T>(parallel: number, work: () => T): T {
  if (parallel === 1) return work();
  return withThreads(Math.max(1, Math.floor(defaultThreads() / parallel)), work);
}
