// Variances of small trees, worked out by hand, and of a grown one by enumeration.
import { expect, test } from "vitest";
import { growForest, type TreeNode } from "../../../../lib/search/importance/regression_forest.js";
import { treeVariance } from "../../../../lib/search/importance/tree_variance.js";

const leaf = (value: number): TreeNode => ({ kind: "leaf", value });
const split = (feature: number, threshold: number, left: TreeNode, right: TreeNode): TreeNode => ({
  kind: "split",
  feature,
  threshold,
  left,
  right,
});

test("one split: p (1 - p) times the squared difference, all of it the parameter's", () => {
  const { total, marginal } = treeVariance(split(1, 1, leaf(0), leaf(10)), [
    [0, 1],
    [0, 4],
  ]);
  expect(total).toBeCloseTo(0.25 * 0.75 * 100);
  expect(marginal[0]).toBeCloseTo(0);
  expect(marginal[1]).toBeCloseTo(total);
});

test("exclusive or: nothing is any parameter's alone", () => {
  const xor = split(0, 0.5, split(1, 0.5, leaf(0), leaf(1)), split(1, 0.5, leaf(1), leaf(0)));
  const { total, marginal } = treeVariance(xor, [
    [0, 1],
    [0, 1],
  ]);
  expect(total).toBeCloseTo(0.25);
  expect(marginal[0]).toBeCloseTo(0);
  expect(marginal[1]).toBeCloseTo(0);
});

test("choices weigh alike, however the tree comes to them", () => {
  // Choice 0 gives 3, choice 2 gives 6, choices 1 and 3 give 0.
  const { total, marginal } = treeVariance(split(0, 0, split(0, 2, leaf(0), leaf(6)), leaf(3)), [4]);
  const mean = 9 / 4;
  expect(total).toBeCloseTo(((3 - mean) ** 2 + (6 - mean) ** 2 + 2 * mean ** 2) / 4);
  expect(marginal[0]).toBeCloseTo(total);
});

test("a grown tree over a full grid of choices has the variances of the table itself", () => {
  const table = [
    [1, 5, 2],
    [0, 8, 3],
  ];
  const cells = table.flatMap((row, a) => row.map((value, b) => ({ a, b, value })));
  // Each cell forty times, so that none is missing in a bootstrap sample.
  const rows = Array.from({ length: 40 }, () => cells).flat();
  const [tree] = growForest(
    [
      { values: Float64Array.from(rows, ({ a }) => a), choices: 2 },
      { values: Float64Array.from(rows, ({ b }) => b), choices: 3 },
    ],
    Float64Array.from(rows, ({ value }) => value),
    { trees: 1, maxDepth: 64, seed: 1 },
  ) as [TreeNode];
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  const variance = (values: number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
  const { total, marginal } = treeVariance(tree, [2, 3]);
  expect(total).toBeCloseTo(variance(table.flat()));
  expect(marginal[0]).toBeCloseTo(variance(table.map(mean)));
  expect(marginal[1]).toBeCloseTo(variance([0, 1, 2].map((b) => mean(table.map((row) => row[b]!)))));
});

test("a tree is grown to pure leaves and not deeper than asked", () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => i);
  const grow = (maxDepth: number) =>
    growForest([{ values, choices: undefined }], values, { trees: 1, maxDepth, seed: 3 })[0] as TreeNode;
  const depth = (node: TreeNode): number =>
    node.kind === "leaf" ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
  const leaves = (node: TreeNode): number[] =>
    node.kind === "leaf" ? [node.value] : [...leaves(node.left), ...leaves(node.right)];
  expect(depth(grow(2))).toBe(2);
  expect(depth(grow(0))).toBe(0);
  // Each leaf is one of the drawn rows: about 1 - 1 / e of 50.
  expect(leaves(grow(64)).every((value) => Number.isInteger(value))).toBe(true);
  expect(leaves(grow(64)).length).toBeGreaterThan(24);
});
