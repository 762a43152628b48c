// A row of numbers as a line of block characters, for terminals.

const BLOCKS = [..."▁▂▃▄▅▆▇█"];

/**
 * The lowest value as `▁`, the highest as `█`, no number (NaN, infinite) as a space; of more values than fit, neighbours are
 * averaged. At most `width` characters, as many as there are values when these are fewer; all equal: a line at mid-height.
 */
export function sparkline(values: readonly number[], width: number): string {
  const count = Math.min(values.length, Math.max(0, Math.floor(width)));
  const points = Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const to = Math.floor(((i + 1) * values.length) / count);
    return mean(values.slice(from, to).filter(Number.isFinite));
  });
  const known = points.filter((point) => point !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return points
    .map((point) => {
      if (point === undefined) return " ";
      return BLOCKS[high === low ? 3 : Math.round(((point - low) / (high - low)) * (BLOCKS.length - 1))];
    })
    .join("");
}

/** A bar of `width` characters for 1, to an eighth of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] as string;
  return "█".repeat(Math.floor(eighths / 8)) + rest;
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
