// Medians, ratios by rounds, and how numbers are written.

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

export interface Ratio {
  /** Of the ratios of each round. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** How many times faster `own` is than `other`, round by round. */
export function ratioOf(own: readonly number[], other: readonly number[]): Ratio {
  const ratios = own.map((time, round) => (other[round] ?? Number.NaN) / time);
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** Three significant digits, without an exponent. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 5));
}

export function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

export function percent(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? "-" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
