// Lowers a model to ops, and phrases what goes wrong on the way.
import { Graph } from "../compile/graph.js";
import { BATCH, NetwrightError, ShapeError } from "../errors.js";
import "../ops/index.js";
import type { ValueId } from "../ops/op.js";
import { type Head, plainHead, type Predictions } from "./head.js";
import { factoryName, type LayerDefinition, layerDefinition } from "./layer.js";
import type { Model, ModelNode } from "./model.js";

export interface LoweredModel {
  readonly input: ValueId;
  readonly head: Head;
  readonly predictions: Predictions;
}

/**
 * Appends the ops of a model's layers. Parameters and states are declared in the same order in training and inference.
 * @throws ShapeError such as `dense "dense_1" (layer 3 of the model): expects [features], got [8, 16, 16]; add flatten() before it`
 */
export function lowerModel(g: Graph, model: Model, training: boolean): LoweredModel {
  const [{ name, shape }] = model.inputs;
  const input = g.input(name, [BATCH, ...shape]);
  const values = new Map<string, ValueId>([[name, input]]);
  let lowered: LoweredModel | undefined;
  for (const [index, node] of model.nodes.entries()) {
    const definition = layerDefinition(node.layer.kind);
    g.label = node.name;
    try {
      checkPlace(model, definition, index);
      const inputs = node.from.map((source) => values.get(source) as ValueId);
      if (definition.head !== undefined) {
        const predictions = definition.head.predictions(g, inputs[0] as ValueId);
        lowered = { input, head: definition.head, predictions };
      } else values.set(node.name, definition.lower({ g, training, name: node.name }, node.layer, inputs));
    } catch (error) {
      throw located(error, node, index);
    }
  }
  g.label = "";
  const last = values.get(model.outputs[0]);
  return lowered ?? { input, head: plainHead, predictions: plainHead.predictions(g, last as ValueId) };
}

/** Tries both lowerings, so that what does not fit is known when the model is defined. */
export function checkModel(model: Model): void {
  for (const training of [true, false]) lowerModel(new Graph(), model, training);
}

function checkPlace(model: Model, { place, kind }: LayerDefinition, index: number): void {
  const call = `${factoryName(kind)}()`;
  if (place === "last" && index !== model.nodes.length - 1)
    throw new ShapeError(`expects to be the last layer, got one after it; ${call} is a head, move it to the end`);
  if (place === "first" && index !== 0)
    throw new ShapeError(`expects to be the first layer, got one before it; move ${call} to the start`);
}

/** The same error with the layer's name and place in front. */
function located(error: unknown, node: ModelNode, index: number): unknown {
  if (!(error instanceof NetwrightError)) return error;
  const where = `${factoryName(node.layer.kind)} "${node.name}" (layer ${index + 1} of the model)`;
  const label = `${node.name}: `;
  const message = error.message.startsWith(label) ? error.message.slice(label.length) : error.message;
  return new ShapeError(`${where}: ${message}`, { cause: error });
}
