// How long trials take together that run beside each other.

/** Milliseconds from the begin of the first to the end of the last, each begun by the slot that is free first. */
export function together(costs: readonly number[], parallel: number): number {
  const free = new Array<number>(Math.max(1, Math.min(parallel, costs.length))).fill(0);
  for (const cost of costs) {
    const next = free.indexOf(Math.min(...free));
    free[next]! += cost;
  }
  return Math.max(...free);
}
