// Gives parameters, states, gradients and optimizer slots their places, and makes a finished graph a plan.
import { ArgumentError, PlanError, type Shape, shapeText } from "../errors.js";
import type { ValueId } from "../ops/op.js";
import type { Graph } from "./graph.js";
import { fuse } from "./passes/fuse.js";
import { layout } from "./passes/layout.js";
import type { ArenaSizes, Plan, Role } from "./plan.js";
import { prune } from "./prune.js";

/** Offsets are multiples of this many elements: one 64-byte line of float32. */
export const ALIGNMENT = 16;

/** Views that cover all parameters at once; the optimizer's op, `all_finite` and `gradient_norm` work on them. */
export interface FlatViews {
  readonly parameters: ValueId;
  readonly gradients: ValueId;
  /** One for each name given, in that order. */
  readonly slots: readonly ValueId[];
}

/**
 * Sets the offsets of all parameters and states, in the order in which the model declared them, so that every plan of
 * a model has the same arenas. Call it once per graph, after lowering.
 *
 * @param slots number of optimizer slots in the model's training plan; the same for each of its plans
 */
export function assignArenas(graph: Graph, slots = 0): ArenaSizes {
  return { param: assignOffsets(graph, "param"), state: assignOffsets(graph, "state"), slots };
}

/**
 * Moves each parameter's gradient to the gradient arena (`<parameter>.gradient`), adds a slot value per parameter and slot
 * name (`<parameter>.<slot>`), and the flat views. The gradient arena starts as zeros and stays so for parameters that the
 * loss does not depend on. Call it after `assignArenas` and `differentiate`.
 *
 * @param gradients what `differentiate` returned for the parameters
 * @param slotNames as the optimizer calls them, such as `["velocity"]`
 * @throws ArgumentError when there is no parameter to train
 */
export function addTrainingViews(
  graph: Graph,
  sizes: ArenaSizes,
  gradients: ReadonlyMap<ValueId, ValueId | null>,
  slotNames: readonly string[] = [],
): FlatViews {
  if (sizes.param === 0)
    throw new ArgumentError("the model has no parameters to train; add a layer that has, such as dense()");
  if (sizes.slots !== slotNames.length)
    throw new PlanError(`the arenas have ${sizes.slots} optimizer slots, the optimizer ${slotNames.length}`);
  for (const [parameter, gradient] of gradients) if (gradient !== null) placeGradient(graph, parameter, gradient);
  for (const parameter of members(graph, "param")) {
    const { name, shape, offset } = graph.at(parameter);
    for (const [slot, slotName] of slotNames.entries())
      place(graph, graph.value(`${name}.${slotName}`, { shape, dtype: "float32" }, "slot"), { offset, slot });
  }
  const flat = (name: string, role: Role, slot?: number): ValueId =>
    place(graph, graph.value(name, { shape: [sizes.param], dtype: "float32" }, role), {
      offset: 0,
      flat: true,
      ...(slot === undefined ? {} : { slot }),
    });
  return {
    parameters: flat("parameters", "param"),
    gradients: flat("gradients", "grad"),
    slots: slotNames.map((name, slot) => flat(name, "slot", slot)),
  };
}

/** Drops what nobody needs, joins what one pass can do, sets storage and returns the plan. The graph stays as it is. */
export function finish(graph: Graph, sizes: ArenaSizes): Plan {
  const live = prune(graph.values, graph.nodes);
  const fused = fuse(live.values, live.nodes);
  const { values, nodes } = prune(fused.values, fused.nodes);
  for (const value of values)
    if (value.offset === undefined && ["param", "state", "grad", "slot"].includes(value.role))
      throw new PlanError(`value "${value.name}" (${value.role}) has no place in its arena; call assignArenas() first`);
  return { values: layout(values, nodes), nodes, arenas: { ...sizes } };
}

/** Number of elements of a shape without batch. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

function members(graph: Graph, role: Role): ValueId[] {
  return [...graph.values.keys()].filter((id) => graph.at(id).role === role && graph.at(id).flat !== true);
}

function assignOffsets(graph: Graph, role: Role): number {
  let offset = 0;
  for (const id of members(graph, role)) {
    place(graph, id, { offset });
    offset += Math.ceil(elementCount(graph.at(id).shape) / ALIGNMENT) * ALIGNMENT;
  }
  return offset;
}

function placeGradient(graph: Graph, parameter: ValueId, gradient: ValueId): void {
  const { name, shape, offset } = graph.at(parameter);
  if (offset === undefined)
    throw new PlanError(`parameter "${name}" has no place in its arena; call assignArenas() first`);
  const found = graph.at(gradient);
  if (found.shape.length !== shape.length || found.shape.some((dimension, axis) => dimension !== shape[axis]))
    throw new PlanError(
      `gradient of "${name}" has another shape (gradient ${shapeText(found.shape)}, parameter ${shapeText(shape)})`,
    );
  // One value cannot be the gradient of two parameters, nor an output: such a gradient is copied.
  const own = found.role === "temp" ? gradient : graph.op("affine", [gradient], { scale: 1, offset: 0 });
  place(graph, graph.mark(own, "grad", `${name}.gradient`), { offset });
}

function place(graph: Graph, id: ValueId, where: { offset?: number; slot?: number; flat?: boolean }): ValueId {
  graph.values[id] = { ...graph.at(id), ...where };
  return id;
}
