// Drops nodes and values that nobody needs and renumbers the rest.
import type { ValueId } from "../ops/op.js";
import type { PlanNode, PlanValue } from "./plan.js";

export interface Pruned {
  values: PlanValue[];
  nodes: PlanNode[];
}

/**
 * Keeps the nodes that an output, a metric, a gradient or an update needs, and those without outputs (`all_finite`).
 * Of the values all but unused temporaries stay: inputs and arenas are the same whoever reads them.
 * Nodes of phase `compute` come first, each phase in its given order. Pure: the arguments stay as they are.
 */
export function prune(values: readonly PlanValue[], nodes: readonly PlanNode[]): Pruned {
  const ordered = [
    ...nodes.filter((node) => node.phase === "compute"),
    ...nodes.filter((node) => node.phase === "update"),
  ];
  const wanted = new Set<ValueId>();
  for (const [id, value] of values.entries()) if (value.role !== "temp") wanted.add(id);
  const kept: PlanNode[] = [];
  for (const node of ordered.reverse()) {
    if (node.phase === "compute" && node.out.length > 0 && !node.out.some((id) => wanted.has(id))) continue;
    for (const id of [...node.in, ...node.out]) wanted.add(id);
    kept.push(node);
  }
  kept.reverse();

  const number = new Map<ValueId, ValueId>();
  const left = values.filter((_, id) => {
    if (wanted.has(id)) number.set(id, number.size);
    return wanted.has(id);
  });
  const renumber = (id: ValueId) => number.get(id) as ValueId;
  return {
    values: left.map((value) => ({ ...value })),
    nodes: kept.map((node) => ({ ...node, in: node.in.map(renumber), out: node.out.map(renumber) })),
  };
}
