// What rewrites of a plan's nodes have in common: who reads what, and nodes that take the place of others.
import type { ValueId } from "../../ops/op.js";
import type { PlanNode, PlanValue } from "../plan.js";

/** Who reads what. */
export class Uses {
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

/** Nodes that go, the last of which gives the place, and what comes instead. */
export interface Replacement {
  readonly old: readonly PlanNode[];
  readonly at: PlanNode;
  readonly nodes: readonly PlanNode[];
}

export function replace(nodes: readonly PlanNode[], replacements: readonly Replacement[]): PlanNode[] {
  return nodes.flatMap((node) => {
    const found = replacements.find(({ old }) => old.includes(node));
    if (found === undefined) return [node];
    return found.at === node ? found.nodes : [];
  });
}

/** Whether nobody outside the plan looks at the value. */
export function hidden(values: readonly PlanValue[], id: ValueId): boolean {
  return values[id]?.role === "temp";
}
