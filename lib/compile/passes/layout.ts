// Sets how elements lie in native memory: images channels last, convolution weights with output channels last.
import { BATCH } from "../../errors.js";
import type { ValueId } from "../../ops/op.js";
import type { PlanNode, PlanValue, Storage } from "../plan.js";

/** Where convolutions hold their weight or its gradient. */
const WEIGHTS: Readonly<Record<string, (node: PlanNode) => ValueId | undefined>> = {
  conv2d: (node) => node.in[1],
  conv2d_grad_x: (node) => node.in[1],
  conv2d_grad_weight: (node) => node.out[0],
};

/**
 * Returns the values with `storage` set: `nhwc` for every value of rank 4 with a batch, `hwio` for convolution weights and
 * all that mirrors them (gradients, optimizer slots, sums of gradients), `plain` for the rest.
 */
export function layout(values: readonly PlanValue[], nodes: readonly PlanNode[]): PlanValue[] {
  const weights = convolutionWeights(values, nodes);
  const storage = (value: PlanValue, id: ValueId): Storage => {
    if (value.shape.length === 4 && value.shape[0] === BATCH) return "nhwc";
    return weights.has(id) ? "hwio" : "plain";
  };
  return values.map((value, id) => ({ ...value, storage: storage(value, id) }));
}

/** Grows the set along nodes and arenas until nothing is added: a sum of two weight gradients lies as they do. */
function convolutionWeights(values: readonly PlanValue[], nodes: readonly PlanNode[]): Set<ValueId> {
  const found = new Set<ValueId>();
  for (const node of nodes) {
    const weight = WEIGHTS[node.op]?.(node);
    if (weight !== undefined) found.add(weight);
  }
  const isCandidate = (id: ValueId) => values[id]?.shape.length === 4 && values[id]?.shape[0] !== BATCH;
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const node of nodes) {
      const members = [...node.in, ...node.out].filter(isCandidate);
      if (members.some((id) => found.has(id))) for (const id of members) found.add(id);
    }
    const offsets = new Set<number>();
    for (const id of found) {
      const offset = mirrored(values[id]);
      if (offset !== undefined) offsets.add(offset);
    }
    for (const [id, value] of values.entries()) if (offsets.has(mirrored(value) ?? -1)) found.add(id);
  }
  return found;
}

/** Offset in the layout that parameters, gradients and slots have in common. */
function mirrored(value: PlanValue | undefined): number | undefined {
  const mirrors = value?.role === "param" || value?.role === "grad" || value?.role === "slot";
  return mirrors && value.flat !== true ? value.offset : undefined;
}
