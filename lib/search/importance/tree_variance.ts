// How much of a regression tree's variance each parameter accounts for alone.
import type { TreeNode } from "./regression_forest.js";

/** Of a numeric parameter its bounds, of a categorical one the number of its choices: values are uniform over either. */
export type Domain = readonly [low: number, high: number] | number;

/** Part of a domain: an interval, or which choices. */
type Region = readonly [number, number] | readonly boolean[];

interface Box {
  readonly regions: readonly Region[];
  /** Share of the domain, of each parameter. */
  readonly shares: readonly number[];
  readonly value: number;
}

export interface TreeVariance {
  readonly total: number;
  /** Of the mean over all other parameters, by parameter. */
  readonly marginal: readonly number[];
}

/**
 * Variances of the tree's function over the product of all domains, exactly (Hutter et al. 2014, section 4): leaves are
 * boxes, so that the mean over all other parameters is constant between the edges of boxes.
 */
export function treeVariance(tree: TreeNode, domains: readonly Domain[]): TreeVariance {
  const whole = domains.map((domain) => (typeof domain === "number" ? Array<boolean>(domain).fill(true) : domain));
  const boxes: Box[] = [];
  collect(tree, whole, domains, boxes);
  const volumes = boxes.map(({ shares }) => shares.reduce((product, share) => product * share, 1));
  const mean = boxes.reduce((sum, { value }, i) => sum + value * (volumes[i] as number), 0);
  const total = boxes.reduce((sum, { value }, i) => sum + (value - mean) ** 2 * (volumes[i] as number), 0);
  return { total, marginal: domains.map((domain, parameter) => marginalVariance(boxes, domain, parameter, mean)) };
}

function marginalVariance(boxes: readonly Box[], domain: Domain, parameter: number, mean: number): number {
  const regions = boxes.map((box) => box.regions[parameter] as Region);
  // A box adds to the cells from the first of a run up to, not including, its end: differences are summed up later.
  const sizes: number[] = [];
  let runs: (region: Region) => readonly (readonly [number, number])[];
  if (typeof domain === "number") {
    for (let choice = 0; choice < domain; choice++) sizes.push(1 / domain);
    runs = (region) => (region as boolean[]).flatMap((held, choice) => (held ? [[choice, choice + 1] as const] : []));
  } else {
    const edges = [...new Set((regions as [number, number][]).flat())].sort((a, b) => a - b);
    for (let i = 1; i < edges.length; i++)
      sizes.push(((edges[i] as number) - (edges[i - 1] as number)) / (domain[1] - domain[0]));
    const place = new Map(edges.map((edge, i) => [edge, i]));
    runs = ([low, high]) => [[place.get(low as number) as number, place.get(high as number) as number]];
  }
  const changes = new Float64Array(sizes.length + 1);
  for (const [i, { shares, value }] of boxes.entries()) {
    const others = shares.reduce((product, share, other) => (other === parameter ? product : product * share), 1);
    for (const [from, to] of runs(regions[i] as Region)) {
      changes[from] = (changes[from] as number) + (value - mean) * others;
      changes[to] = (changes[to] as number) - (value - mean) * others;
    }
  }
  let deviation = 0;
  return sizes.reduce((sum, size, cell) => {
    deviation += changes[cell] as number;
    return sum + size * deviation ** 2;
  }, 0);
}

function collect(node: TreeNode, regions: readonly Region[], domains: readonly Domain[], boxes: Box[]): void {
  if (node.kind === "leaf") {
    const { value } = node;
    boxes.push({ regions, value, shares: regions.map((region, i) => share(region, domains[i] as Domain)) });
    return;
  }
  const { feature, threshold, left, right } = node;
  const [leftRegion, rightRegion] = divide(regions[feature] as Region, domains[feature] as Domain, threshold);
  collect(left, regions.with(feature, leftRegion), domains, boxes);
  collect(right, regions.with(feature, rightRegion), domains, boxes);
}

function divide(region: Region, domain: Domain, threshold: number): readonly [Region, Region] {
  if (typeof domain === "number") {
    const held = region as readonly boolean[];
    return [held.with(threshold, false), held.map((_, choice) => choice === threshold)];
  }
  const [low, high] = region as readonly [number, number];
  return [
    [low, threshold],
    [threshold, high],
  ];
}

function share(region: Region, domain: Domain): number {
  if (typeof domain === "number") return (region as boolean[]).filter(Boolean).length / domain;
  const [low, high] = region as readonly [number, number];
  return (high - low) / (domain[1] - domain[0]);
}
