// Model: named layers and their connections as plain data; sequential() writes one, readModel() takes one from a file.
import { ArgumentError, type Shape, shapeText } from "../errors.js";
import { deepFreeze, isWhole, valueText } from "../options.js";
import type { Dimensions } from "../types/shape.js";
import type { CheckedShape, CheckedStack } from "../types/stack.js";
import { checkedList, type Parallel, type Repeat, type Residual } from "./combinators.js";
import { type LayerSpec, layerDefinition, makeLayer } from "./layer.js";
import { checkModel } from "./lower.js";

/** A layer of a model, and whose values it takes. */
export interface ModelNode {
  /** Unique in the model: given by the user or `<kind>_<n>`. */
  readonly name: string;
  /** The layer's options. */
  readonly layer: LayerSpec;
  /** Names of inputs and of nodes before this one. */
  readonly from: readonly string[];
}

/** Frozen, JSON as it stands. The type parameters are shapes of a row: what goes in, what comes out. */
export interface Model<In extends Dimensions = Dimensions, Out extends Dimensions = Dimensions> {
  /** The input is called `input`; its shape is `[features]` or `[channels, height, width]`. */
  readonly inputs: readonly [{ readonly name: string; readonly shape: In }];
  readonly nodes: readonly ModelNode[];
  /** Name of the last node. */
  readonly outputs: readonly [string];
  /** Only in the type: the shape of the last layer's values. */
  readonly outputShape?: Out;
}

/** Name of every model's input. */
export const INPUT = "input";

/**
 * A model whose layers follow one another. Checked at once: an option or shape that does not fit throws here and names the
 * layer. Shapes are those of one row, without the batch.
 * @param inputShape `[features]` or `[channels, height, width]`
 * @param layers at least one; residual(), parallel() and repeat() may stand among them
 * @throws ShapeError where layers do not fit one another, ArgumentError for an input shape or list that cannot be used
 * @example
 * const model = sequential([1, 28, 28], [conv2d(8, { kernel: 3 }), relu(), flatten(), dense(10), softmax()]);
 */
export function sequential<const In extends Dimensions, Layers extends readonly LayerSpec[] | readonly []>(
  inputShape: In,
  layers: CheckedStack<In, Layers>,
): Model<In, CheckedShape<In, Layers>> {
  checkInputShape(inputShape);
  const list = checkedList("sequential", layers);
  if (list.length === 0) throw new ArgumentError("sequential: expects at least one layer, got an empty list");
  const builder = new NodeBuilder(list);
  const output = builder.stack(list, INPUT);
  const model = deepFreeze({
    inputs: [{ name: INPUT, shape: [...inputShape] }],
    nodes: builder.nodes,
    outputs: [output],
  }) as unknown as Model<In, CheckedShape<In, Layers>>;
  checkModel(model);
  return model;
}

/**
 * A model from its JSON, checked like one from a script: nothing in it is trusted.
 * @throws ArgumentError or ShapeError that says what is wrong
 */
export function readModel(json: unknown): Model {
  const fail = (what: string): never => {
    throw new ArgumentError(`model: ${what}`);
  };
  const { inputs, nodes, outputs } = isRecord(json) ? json : fail(`expects an object, got ${valueText(json)}`);
  const [input] =
    Array.isArray(inputs) && inputs.length === 1 ? inputs : fail(`expects one input, got ${valueText(inputs)}`);
  if (!isRecord(input) || input.name !== INPUT) fail(`expects an input called "${INPUT}", got ${valueText(input)}`);
  checkInputShape(input.shape);
  if (!Array.isArray(nodes) || nodes.length === 0) return fail(`expects a list of nodes, got ${valueText(nodes)}`);
  const known = new Set([INPUT]);
  const checked = nodes.map((node: unknown) => {
    const { name, layer, from } = isRecord(node) ? node : fail(`expects nodes to be objects, got ${valueText(node)}`);
    if (!isRecord(layer) || typeof layer.kind !== "string") return fail(`node ${valueText(name)} has no layer`);
    // The name goes through the same check as one that a user gives.
    const { name: checkedName, ...spec } = makeLayer<LayerSpec>(layer.kind, { ...layer, name });
    if (typeof checkedName !== "string") return fail(`a node of kind "${layer.kind}" has no name`);
    if (known.has(checkedName)) fail(`there are two nodes called "${checkedName}"`);
    if (!Array.isArray(from) || from.length === 0) return fail(`node "${checkedName}" takes no values`);
    for (const source of from)
      if (!known.has(source)) fail(`node "${checkedName}" takes ${valueText(source)}, which is not before it`);
    known.add(checkedName);
    return { name: checkedName, layer: spec, from: [...from] };
  });
  const last = checked[checked.length - 1]?.name;
  if (!Array.isArray(outputs) || outputs.length !== 1 || outputs[0] !== last)
    fail(`expects its last node "${last}" as the only output, got ${valueText(outputs)}`);
  const model = deepFreeze({
    inputs: [{ name: INPUT, shape: [...(input.shape as number[])] }],
    nodes: checked,
    outputs: [last],
  }) as unknown as Model;
  checkModel(model);
  return model;
}

/** Shape of one row of the model's input. */
export function inputShapeOf(model: Model): Shape {
  return model.inputs[0].shape;
}

/** Writes nodes and names them. */
class NodeBuilder {
  readonly nodes: ModelNode[] = [];
  private readonly taken = new Set<string>();
  private readonly counts = new Map<string, number>();

  constructor(layers: readonly LayerSpec[]) {
    this.takeGivenNames(layers);
  }

  /** Appends layers one after the other and returns the name of the last node. */
  stack(layers: readonly LayerSpec[], from: string): string {
    return layers.reduce((source, layer) => this.layer(layer, source), from);
  }

  private layer(layer: LayerSpec, from: string): string {
    if (isResidual(layer))
      return this.node({ kind: "add" }, [this.stack(layer.layers, from), this.stack(layer.shortcut, from)]);
    if (isParallel(layer))
      return this.node(
        { kind: "concat" },
        layer.branches.map((branch) => this.stack(branch, from)),
      );
    if (isRepeat(layer))
      return Array.from({ length: layer.times }).reduce<string>((source) => this.stack(layer.layers, source), from);
    return this.node(layer, [from]);
  }

  private node(spec: LayerSpec, from: readonly string[]): string {
    layerDefinition(spec.kind);
    const { name = this.freshName(spec.kind), ...layer } = spec;
    if (this.nodes.some((node) => node.name === name))
      throw new ArgumentError(`there are two layers called "${name}"; give each a name of its own, or none`);
    this.nodes.push({ name, layer, from });
    return name;
  }

  private freshName(kind: string): string {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const name = `${kind}_${count}`;
    return this.taken.has(name) ? this.freshName(kind) : name;
  }

  private takeGivenNames(layers: readonly LayerSpec[]): void {
    for (const layer of layers) {
      if (isResidual(layer)) this.takeGivenNames([...layer.layers, ...layer.shortcut]);
      else if (isParallel(layer)) this.takeGivenNames(layer.branches.flat());
      else if (isRepeat(layer)) this.takeGivenNames(layer.layers);
      else if (layer.name !== undefined) this.taken.add(layer.name);
    }
  }
}

const isResidual = (layer: LayerSpec): layer is Residual => layer.kind === "residual";
const isParallel = (layer: LayerSpec): layer is Parallel => layer.kind === "parallel";
const isRepeat = (layer: LayerSpec): layer is Repeat => layer.kind === "repeat";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkInputShape(shape: unknown): asserts shape is number[] {
  if (
    !Array.isArray(shape) ||
    (shape.length !== 1 && shape.length !== 3) ||
    !shape.every((dimension) => isWhole(dimension) && dimension > 0)
  )
    throw new ArgumentError(
      `the input shape is that of one row, [features] or [channels, height, width] of positive whole numbers, got ${Array.isArray(shape) ? shapeText(shape) : valueText(shape)}`,
    );
}
