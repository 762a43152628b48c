// Joins ops that follow one another into one pass over memory, forward and backward. Export does not see it.
import type { ValueId } from "../../ops/op.js";
import type { PlanNode, PlanValue } from "../plan.js";

/**
 * Returns the nodes with these rewrites, which change no result but in its last bits:
 * - batch_norm, relu -> batch_norm_relu; with a residual added before the relu, or a 2x2 max_pool2d behind it; gradients alike
 * - a bias in front of batch_norm has the gradient zero: the sum over rows that would find it is left out
 */
export function fuse(values: readonly PlanValue[], nodes: readonly PlanNode[]): PlanNode[] {
  let result = [...nodes];
  for (const norm of nodes.filter(({ op }) => op === "batch_norm")) {
    const chain = findChain(values, new Uses(result), norm);
    if (chain !== undefined) result = replace(result, chain);
  }
  return result.map((node) => zeroForSum(values, result, node));
}

/** Who reads what. */
class Uses {
  private readonly readers = new Map<ValueId, PlanNode[]>();

  constructor(nodes: readonly PlanNode[]) {
    for (const node of nodes)
      for (const value of new Set(node.in)) this.readers.set(value, [...(this.readers.get(value) ?? []), node]);
  }

  of(value: ValueId): readonly PlanNode[] {
    return this.readers.get(value) ?? [];
  }

  /** The one reader, if there is just one. */
  only(value: ValueId): PlanNode | undefined {
    const found = this.of(value);
    return found.length === 1 ? found[0] : undefined;
  }
}

/** Nodes that become one, the last of which gives the place, and what they become. */
interface Replacement {
  readonly old: readonly PlanNode[];
  readonly at: PlanNode;
  readonly node: PlanNode;
}

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

function findChain(values: readonly PlanValue[], uses: Uses, norm: PlanNode): Replacement[] | undefined {
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
  return { old: [norm, add, relu, pool].filter((each) => each !== undefined), at: last, node };
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
  return { old: [pool, relu, norm].filter((each) => each !== undefined), at: relu, node };
}

function replace(nodes: readonly PlanNode[], replacements: readonly Replacement[]): PlanNode[] {
  return nodes.flatMap((node) => {
    const found = replacements.find(({ old }) => old.includes(node));
    if (found === undefined) return [node];
    return found.at === node ? [found.node] : [];
  });
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

function hidden(values: readonly PlanValue[], id: ValueId): boolean {
  return values[id]?.role === "temp";
}
