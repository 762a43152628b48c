// Cuts rows into named parts: fractions or counts, seeded, stratified on request.
import { ArgumentError, DataError } from "../errors.js";
import { checkSeed, RandomStream } from "./random.js";

export interface SplitOptions {
  /** Decides which rows go where when they are shuffled. Default 1. */
  readonly seed?: number;
  /** False keeps the rows in order: the first part gets the first rows. Default true. */
  readonly shuffle?: boolean;
  /** Class index of each row: every part gets each class in the share it has in all rows. */
  readonly stratify?: ArrayLike<number>;
}

/**
 * Row indices of each part; every row is in exactly one. A number below 1 is a fraction of all rows, others are counts.
 * Throws ArgumentError for sizes that are no sizes, DataError when the parts do not add up to the rows or one would be empty.
 */
export function splitIndices<Name extends string>(
  rows: number,
  parts: { readonly [name in Name]: number },
  options: SplitOptions = {},
): { [name in Name]: Int32Array } {
  const names = Object.keys(parts ?? {}) as Name[];
  const sizes = partSizes(
    rows,
    names.map((name) => [name, parts[name]]),
  );
  const seed = checkSeed(options.seed ?? 1, "split");
  const order =
    options.shuffle === false
      ? Int32Array.from({ length: rows }, (_, i) => i)
      : new RandomStream(seed, "split").permutation(rows);
  const labels = options.stratify;
  if (labels !== undefined && labels.length !== rows)
    throw new ArgumentError(`split: stratify has ${labels.length} labels for ${rows} rows; give one for each row`);
  const indices = labels === undefined ? cut(order, sizes) : deal(order, sizes, labels);
  return Object.fromEntries(names.map((name, part) => [name, indices[part]])) as { [name in Name]: Int32Array };
}

/** Rows of each part: counts as they are, fractions rounded so that nothing is left over. */
function partSizes(rows: number, parts: readonly (readonly [string, number])[]): number[] {
  if (parts.length === 0) throw new ArgumentError("split: name at least one part, such as { train: 0.8, test: 0.2 }");
  const quotas = parts.map(([name, size]) => {
    if (!(size > 0) || (size >= 1 && !Number.isSafeInteger(size)))
      throw new ArgumentError(
        `split: part "${name}" must be a fraction between 0 and 1 or a whole number of rows, found ${size}`,
      );
    return size < 1 ? size * rows : size;
  });
  const total = quotas.reduce((sum, quota) => sum + quota, 0);
  if (Math.abs(total - rows) > 0.5) {
    const found = Number(total.toPrecision(10));
    const remedy =
      total < rows
        ? `name a part for the rest (${Math.ceil(rows - total)} rows) too`
        : `take ${Math.ceil(total - rows)} away`;
    throw new DataError(`split: the parts add up to ${found} rows, there are ${rows}; ${remedy}`);
  }
  const sizes = apportion(quotas, rows);
  const empty = sizes.findIndex((size) => size < 1);
  if (empty >= 0)
    throw new DataError(`split: part "${parts[empty]?.[0]}" would be empty (${parts[empty]?.[1]} of ${rows} rows)`);
  return sizes;
}

/** Whole numbers next to the quotas that add up to `total`: largest remainders are rounded up first. */
function apportion(quotas: readonly number[], total: number): number[] {
  const sizes = quotas.map((quota) => Math.floor(quota + 1e-9));
  let left = total - sizes.reduce((sum, size) => sum + size, 0);
  const remainders = quotas.map((quota, i) => ({ i, remainder: quota - (sizes[i] as number) }));
  remainders.sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of remainders) {
    if (left <= 0) break;
    sizes[i] = (sizes[i] as number) + 1;
    left--;
  }
  return sizes;
}

function cut(order: Int32Array, sizes: readonly number[]): Int32Array[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return order.slice(start - size, start);
  });
}

/** Deals rows of each class to the parts in proportion, keeping the sizes exact. */
function deal(order: Int32Array, sizes: readonly number[], labels: ArrayLike<number>): Int32Array[] {
  const counts = new Map<number, number>();
  for (const row of order) counts.set(labels[row] as number, (counts.get(labels[row] as number) ?? 0) + 1);
  const classes = [...counts.keys()].sort((a, b) => a - b);
  let left = order.length;
  const quotas = sizes.map((size) => {
    const share = apportion(
      classes.map((label) => ((counts.get(label) as number) * size) / left),
      size,
    );
    for (const [i, label] of classes.entries()) counts.set(label, (counts.get(label) as number) - (share[i] as number));
    left -= size;
    return new Map(classes.map((label, i) => [label, share[i] as number]));
  });
  const parts = sizes.map((size) => new Int32Array(size));
  const filled = sizes.map(() => 0);
  const current = new Map(classes.map((label) => [label, 0]));
  for (const row of order) {
    const label = labels[row] as number;
    let part = current.get(label) as number;
    while (quotas[part]?.get(label) === 0) part++;
    current.set(label, part);
    quotas[part]?.set(label, (quotas[part]?.get(label) as number) - 1);
    const position = filled[part] as number;
    (parts[part] as Int32Array)[position] = row;
    filled[part] = position + 1;
  }
  return parts;
}
