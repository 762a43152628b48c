// Volumes that points dominate, and the few points that together dominate most: for studies of several objectives.

/**
 * Volume of what is not better than one of `points` and not worse than `reference` in every coordinate, all to be
 * minimized; recursion over exclusive volumes of While, Bradstreet and Barone (2012), "WFG".
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  if (reference.length === 2) return area(points, reference);
  return points.reduce((sum, point, i) => sum + exclusive(point, points.slice(i + 1), reference), 0);
}

/** Indices of `count` points which together dominate much volume, greedily (Guerreiro, Fonseca and Paquete 2016). */
export function volumeSubset(
  points: readonly (readonly number[])[],
  reference: readonly number[],
  count: number,
): number[] {
  if (!reference.every(Number.isFinite)) return [...points.keys()].slice(0, count);
  const left = new Set(points.keys());
  const chosen: (readonly number[])[] = [];
  const indices: number[] = [];
  // What a point adds can only become less as others are chosen, so an old figure is an upper bound.
  const gains = points.map((point) => box(point, reference));
  while (indices.length < Math.min(count, points.length)) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const i of [...left].sort((a, b) => (gains[b] as number) - (gains[a] as number) || a - b)) {
      if ((gains[i] as number) <= most) break;
      const gain = exclusive(points[i] as readonly number[], chosen, reference);
      gains[i] = gain;
      if (gain > most) {
        most = gain;
        best = i;
      }
    }
    // Where volumes are too large for numbers no gain compares: then any point will do.
    if (best < 0) best = left.values().next().value as number;
    left.delete(best);
    indices.push(best);
    chosen.push(points[best] as readonly number[]);
  }
  return indices;
}

/** What `point` dominates and none of `others` does. */
function exclusive(
  point: readonly number[],
  others: readonly (readonly number[])[],
  reference: readonly number[],
): number {
  const whole = box(point, reference);
  if (others.length === 0) return whole;
  const limited = others.map((other) => other.map((value, i) => Math.max(value, point[i] as number)));
  return whole - hypervolume(withoutDominated(limited), reference);
}

function box(point: readonly number[], reference: readonly number[]): number {
  return point.reduce((volume, value, i) => volume * Math.max(0, (reference[i] as number) - value), 1);
}

function area(points: readonly (readonly number[])[], [right, top]: readonly number[]): number {
  let ceiling = top as number;
  let sum = 0;
  for (const [x, y] of [...points].sort((a, b) => (a[0] as number) - (b[0] as number))) {
    if ((y as number) >= ceiling || (x as number) >= (right as number)) continue;
    sum += ((right as number) - (x as number)) * (ceiling - (y as number));
    ceiling = y as number;
  }
  return sum;
}

function withoutDominated(points: readonly (readonly number[])[]): (readonly number[])[] {
  const kept: (readonly number[])[] = [];
  // A point that dominates another, or equals it, comes before it in this order.
  for (const point of [...points].sort(byCoordinates))
    if (!kept.some((other) => other.every((value, i) => value <= (point[i] as number)))) kept.push(point);
  return kept;
}

/** From the least first coordinate on; the second decides between equals, and so on. */
export function byCoordinates(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i < 0 ? 0 : (a[i] as number) < (b[i] as number) ? -1 : 1;
}
