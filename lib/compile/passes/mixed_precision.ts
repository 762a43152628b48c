// Chooses the products of a training step that read their operands rounded to bfloat16.
import { BATCH } from "../../errors.js";
import type { ValueId } from "../../ops/op.js";
import type { Graph } from "../graph.js";
import type { PlanNode } from "../plan.js";

/** A product whose weight has fewer inputs or outputs than this fills too little of a 32-wide tile to be worth rounding. */
export const LEAST_WIDTH = 8;

/**
 * Sets `precision: "bf16"` on the forward graph's convolutions and dense products, in place; their gradient rules hand it on.
 * Left in float32 are
 * - products with fewer than 8 inputs or outputs (of a group): the first layer of most networks, depthwise convolutions;
 * - the last product before the head: its error would stand in the scores undamped, and it is small.
 */
export function mixedPrecision(g: Graph): void {
  const leadsToProduct = new Set<ValueId>();
  for (const [i, node] of [...g.nodes.entries()].reverse()) {
    const isLast = !node.out.some((value) => leadsToProduct.has(value));
    const isProduct = node.op === "conv2d" || node.op === "matmul";
    if (!isLast || isProduct) for (const value of node.in) leadsToProduct.add(value);
    if (!isLast && isProduct && isWide(g, node))
      g.nodes[i] = { ...node, attributes: { ...node.attributes, precision: "bf16" } };
  }
}

/** A convolution's weight is [filters, channels / groups, height, width], a dense layer's [inputs, units]. */
function isWide(g: Graph, { op, in: [, weight], attributes }: PlanNode): boolean {
  const [first = 0, second = 0] = g.typeOf(weight as ValueId).shape;
  const outputs = op === "conv2d" ? first / (attributes.groups as number) : first;
  return first !== BATCH && Math.min(outputs, second) >= LEAST_WIDTH;
}
