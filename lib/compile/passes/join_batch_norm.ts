// Batch norm with the residual, relu or pooling behind it as one op, and its gradient as one.
import type { ValueId } from "../../ops/op.js";
import type { PlanNode, PlanValue } from "../plan.js";
import { hidden, type Replacement, type Uses } from "./rewrite.js";

/** A normalisation with what follows it: `add` when a residual joins, `pool` when maxima are taken. */
interface Forward {
  readonly norm: PlanNode;
  readonly add?: PlanNode;
  readonly residual?: ValueId;
  readonly relu: PlanNode;
  readonly pool?: PlanNode;
}

interface Backward {
  readonly pool?: PlanNode;
  readonly relu: PlanNode;
  readonly norm: PlanNode;
}

/** What becomes of a batch norm of training and its gradient; undefined when nothing fitting follows it. */
export function joinBatchNorm(values: readonly PlanValue[], uses: Uses, norm: PlanNode): Replacement[] | undefined {
  const start = findRelu(values, uses, norm);
  if (start === undefined) return undefined;
  const y = start.relu.out[0] as ValueId;
  const reluGradients = uses.of(y).filter((node) => node.op === "relu_grad" && node.in[1] === y);
  const normGradients = uses.of(norm.out[1] as ValueId).filter(({ op }) => op === "batch_norm_grad");
  const [relu, gradient] = [reluGradients[0], normGradients[0]];
  if (reluGradients.length !== normGradients.length || reluGradients.length > 1) return undefined;
  if (relu === undefined || gradient === undefined) {
    const pool = start.residual === undefined ? findPool(values, uses, y, []) : undefined;
    return [forwardNode({ ...start, ...(pool && { pool: pool.forward }) })];
  }
  const dz = relu.out[0] as ValueId;
  if (gradient.in[0] !== dz || (start.residual === undefined && uses.only(dz) !== gradient)) return undefined;
  const pool = start.residual === undefined ? findPool(values, uses, y, [relu]) : undefined;
  const forward = { ...start, ...(pool && { pool: pool.forward }) };
  const backward = { relu, norm: gradient, ...(pool?.backward && { pool: pool.backward }) };
  return [forwardNode(forward), backwardNode(forward, backward)];
}

function findRelu(values: readonly PlanValue[], uses: Uses, norm: PlanNode): Forward | undefined {
  let [value] = norm.out as [ValueId];
  let next = hidden(values, value) ? uses.only(value) : undefined;
  if (next?.op === "relu") return { norm, relu: next };
  if (next?.op !== "add" || next.in[0] === next.in[1]) return undefined;
  const add = next;
  const residual = add.in.find((id) => id !== value) as ValueId;
  [value] = add.out as [ValueId];
  next = hidden(values, value) ? uses.only(value) : undefined;
  return next?.op === "relu" ? { norm, add, residual, relu: next } : undefined;
}

/** Maxima of 2x2 windows and their gradient, if nobody but these and `others` reads y. */
function findPool(
  values: readonly PlanValue[],
  uses: Uses,
  y: ValueId,
  others: readonly PlanNode[],
): { forward: PlanNode; backward?: PlanNode } | undefined {
  const readers = uses.of(y).filter((node) => !others.includes(node));
  const forward = readers.find(({ op }) => op === "max_pool2d");
  const backward = readers.find(({ op }) => op === "max_pool2d_grad");
  const [, , height = 1, width = 1] = (values[y] as PlanValue).shape;
  if (!hidden(values, y) || forward === undefined || height % 2 !== 0 || width % 2 !== 0) return undefined;
  const { kernel, stride, padding } = forward.attributes;
  if (`${kernel};${stride};${padding}` !== "2,2;2,2;0,0,0,0") return undefined;
  if (readers.length !== (others.length === 0 ? 1 : 2)) return undefined;
  if (others.length === 0) return { forward };
  const pooled = forward.out[0];
  if (backward === undefined || backward.in[1] !== y || backward.in[2] !== pooled) return undefined;
  const [relu] = others as [PlanNode];
  const dy = backward.out[0] as ValueId;
  return relu.in[0] === dy && uses.only(dy) === relu ? { forward, backward } : undefined;
}

function forwardNode({ norm, add, residual, relu, pool }: Forward): Replacement {
  const last = pool ?? relu;
  const node: PlanNode = {
    ...norm,
    op: "batch_norm_relu",
    in: residual === undefined ? norm.in : [...norm.in, residual],
    out: [last.out[0] as ValueId, ...norm.out.slice(1)],
    attributes: { ...norm.attributes, window: pool === undefined ? 1 : 2 },
  };
  return { old: [norm, add, relu, pool].filter((each) => each !== undefined), at: last, nodes: [node] };
}

function backwardNode(forward: Forward, { pool, relu, norm }: Backward): Replacement {
  const [x, scale, shift] = forward.norm.in as [ValueId, ValueId, ValueId];
  const [, mean, inverseDeviation] = forward.norm.out as [ValueId, ValueId, ValueId];
  const residual = forward.residual !== undefined;
  const node: PlanNode = {
    ...norm,
    op: "batch_norm_relu_grad",
    in: [
      (pool ?? relu).in[0] as ValueId,
      ...[x, scale, shift, mean, inverseDeviation],
      ...(residual ? [forward.relu.out[0] as ValueId] : []),
    ],
    out: residual ? [...norm.out, relu.out[0] as ValueId] : norm.out,
    attributes: { window: forward.pool === undefined ? 1 : 2 },
  };
  return { old: [pool, relu, norm].filter((each) => each !== undefined), at: relu, nodes: [node] };
}
