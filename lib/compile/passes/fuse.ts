// Joins ops that follow one another into one pass over memory, forward and backward. Export does not see it.
import type { ValueId } from "../../ops/op.js";
import type { PlanNode, PlanValue } from "../plan.js";
import { joinBatchNorm } from "./join_batch_norm.js";
import { joinEpilogue } from "./join_epilogue.js";
import { replace, type Replacement, Uses } from "./rewrite.js";

/**
 * Returns values and nodes with these rewrites, which change no result but in its last bits:
 * - batch_norm, relu -> batch_norm_relu; with a residual added before the relu, or a 2x2 max_pool2d behind it; gradients alike
 * - conv2d, batch_norm_inference, relu -> conv2d with a factor and an activation; conv2d or matmul, relu -> one op
 * - a bias in front of batch_norm has the gradient zero: the sum over rows that would find it is left out
 */
export function fuse(
  values: readonly PlanValue[],
  nodes: readonly PlanNode[],
): { values: PlanValue[]; nodes: PlanNode[] } {
  const all = [...values];
  let result = [...nodes];
  const join = (
    ops: readonly string[],
    rewrite: (uses: Uses, node: PlanNode) => readonly Replacement[] | undefined,
  ) => {
    for (const node of result.filter(({ op }) => ops.includes(op)))
      result = replace(result, rewrite(new Uses(result), node) ?? []);
  };
  join(["batch_norm"], (uses, node) => joinBatchNorm(all, uses, node));
  join(["conv2d", "matmul"], (uses, node) => joinEpilogue(all, uses, node));
  return { values: all, nodes: result.map((node) => zeroForSum(all, result, node)) };
}

/** The gradient of a bias as zeros, when it is the sum over rows of what a batch norm hands back; else the node. */
function zeroForSum(values: readonly PlanValue[], nodes: readonly PlanNode[], node: PlanNode): PlanNode {
  const out = values[node.out[0] as ValueId];
  if (node.op !== "channel_sum" || out?.role !== "grad") return node;
  const producer = nodes.find(({ out: [first] }) => first === node.in[0]);
  if (producer?.op !== "batch_norm_grad" && producer?.op !== "batch_norm_relu_grad") return node;
  const bias = values.findIndex(({ role, offset, flat }) => role === "param" && offset === out.offset && flat !== true);
  return bias < 0 ? node : { ...node, op: "affine", in: [bias], attributes: { scale: 0, offset: 0 } };
}
