// A product with what follows it, done while its sums are still in registers.
import type { ValueId } from "../../ops/op.js";
import type { PlanNode, PlanValue } from "../plan.js";
import { hidden, type Replacement, type Uses } from "./rewrite.js";

/**
 * What becomes of a conv2d or matmul in float32; undefined when nothing fitting follows it. Adds the values that it needs.
 * A stored normalisation is folded anew in every run, since weights may change between runs: a factor and an offset a channel.
 */
export function joinEpilogue(values: PlanValue[], uses: Uses, product: PlanNode): Replacement[] | undefined {
  const { activation, precision } = product.attributes;
  if (activation !== undefined || precision === "bf16") return undefined;
  const norm = product.op === "conv2d" ? follower(values, uses, product, "batch_norm_inference") : undefined;
  const relu = follower(values, uses, norm ?? product, "relu");
  const last = relu ?? norm;
  if (last === undefined) return undefined;
  const folded = norm && fold(values, product, norm);
  const node: PlanNode = {
    ...product,
    in: folded ? [...product.in.slice(0, 2), ...folded.operands] : product.in,
    out: last.out,
    attributes: { ...product.attributes, ...(relu && { activation: "relu" }) },
  };
  const old = [product, norm, relu].filter((each) => each !== undefined);
  return [{ old, at: last, nodes: folded ? [folded.node, node] : [node] }];
}

/** The one node that reads the output of another, if it is of this op and reads it as its first operand. */
function follower(values: readonly PlanValue[], uses: Uses, node: PlanNode, op: string): PlanNode | undefined {
  const [value] = node.out as [ValueId];
  const next = hidden(values, value) ? uses.only(value) : undefined;
  return next?.op === op && next.in.lastIndexOf(value) === 0 ? next : undefined;
}

function fold(
  values: PlanValue[],
  { in: [, , bias] }: PlanNode,
  norm: PlanNode,
): { node: PlanNode; operands: readonly ValueId[] } {
  const [, ...terms] = norm.in as [ValueId, ValueId, ValueId, ValueId, ValueId];
  const { shape } = values[terms[0]] as PlanValue;
  const add = (name: string): ValueId =>
    values.push({ name: `${norm.label}.${name}`, shape, dtype: "float32", role: "temp", storage: "plain" }) - 1;
  const [factor, offset] = [add("factor"), add("offset")];
  const node: PlanNode = {
    ...norm,
    op: "batch_norm_fold",
    in: bias === undefined ? terms : [...terms, bias],
    out: [factor, offset],
  };
  return { node, operands: [offset, factor] };
}
