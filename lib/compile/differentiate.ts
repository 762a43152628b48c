// The reverse pass as graph to graph: appends the nodes that compute gradients of a loss.
import { PlanError, shapeText } from "../errors.js";
import { opDefinition, type ValueId } from "../ops/op.js";
import type { Graph } from "./graph.js";
import type { PlanNode } from "./plan.js";

/**
 * Appends the gradients of `loss` to the graph and returns the gradient of each value in `wrt`,
 * null where the loss does not depend on it.
 *
 * Gradient nodes carry the label of their forward node. Gradients that a rule makes for values nobody asked for
 * are left dead for `prune`; nothing is ever built on top of them.
 *
 * @param loss a scalar: shape `[]`
 * @throws PlanError when the loss is no scalar or an op between loss and `wrt` has no gradient rule
 */
export function differentiate(graph: Graph, loss: ValueId, wrt: readonly ValueId[]): Map<ValueId, ValueId | null> {
  const lossType = graph.at(loss);
  if (lossType.shape.length !== 0)
    throw new PlanError(`loss "${lossType.name}" is no scalar (shape ${shapeText(lossType.shape)}, expected [])`);
  const forward = graph.nodes.filter((node) => node.phase === "compute");
  const needed = dependents(forward, wrt);
  const gradients = new Map<ValueId, ValueId>();
  const { label, phase } = graph;
  graph.phase = "compute";
  if (needed.has(loss)) gradients.set(loss, graph.op("constant", [], { value: 1 }));
  for (const node of forward.reverse()) {
    const dy = node.out.map((value) => gradients.get(value) ?? null);
    if (dy.every((gradient) => gradient === null) || !node.in.some((value) => needed.has(value))) continue;
    graph.label = node.label;
    applyRule(graph, node, dy, needed, gradients);
  }
  graph.label = label;
  graph.phase = phase;
  return new Map(wrt.map((value) => [value, gradients.get(value) ?? null]));
}

/** Values that change when one of `wrt` changes. */
function dependents(nodes: readonly PlanNode[], wrt: readonly ValueId[]): Set<ValueId> {
  const found = new Set(wrt);
  for (const node of nodes)
    if (node.in.some((value) => found.has(value))) for (const value of node.out) found.add(value);
  return found;
}

/** Adds the gradients of one node's inputs to what their other consumers gave; fan-out is summed here and nowhere else. */
function applyRule(
  graph: Graph,
  node: PlanNode,
  dy: readonly (ValueId | null)[],
  needed: ReadonlySet<ValueId>,
  gradients: Map<ValueId, ValueId>,
): void {
  const { grad } = opDefinition(node.op);
  if (grad === undefined)
    throw new PlanError(
      `${node.label || node.op}: op "${node.op}" has no gradient; it cannot stand between a loss and a parameter`,
    );
  const dx = grad(graph, { dy, x: node.in, y: node.out, attributes: node.attributes });
  for (const [i, value] of node.in.entries()) {
    const gradient = dx[i] ?? null;
    if (gradient === null || !needed.has(value)) continue;
    const other = gradients.get(value);
    gradients.set(value, other === undefined ? gradient : graph.op("add", [other, gradient]));
  }
}
