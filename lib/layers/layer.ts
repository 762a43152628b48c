// What a layer is: plain data in the model, and a rule that lowers it to ops.
import { NetwrightError, PlanError } from "../errors.js";
import type { Graph } from "../compile/graph.js";
import type { ValueId } from "../ops/op.js";

/** The data of a layer; `kind` is its registry name, everything else its options. JSON as it stands, frozen. */
export interface LayerSpec {
  readonly kind: string;
  /** Chosen by the user; otherwise `<kind>_<n>`. */
  readonly name?: string;
}

/** What a layer sees while it is lowered. */
export interface LowerContext {
  readonly g: Graph;
  /** Training and inference are two lowerings: dropout vanishes, batch norm reads its state. */
  readonly training: boolean;
  /** Unique name of this layer in the model, prefix of its parameters: `conv2d_1`. */
  readonly name: string;
}

export interface LayerDefinition<S extends LayerSpec = LayerSpec> {
  readonly kind: S["kind"];
  /** Appends the layer's ops; throws ShapeError that starts with what the layer expects. */
  lower(context: LowerContext, spec: S, inputs: readonly ValueId[]): ValueId;
}

const registry = new Map<string, LayerDefinition>();

/** Registers a layer; refuses a second one of the same kind. Public: users add layers made of existing ops. */
export function defineLayer<S extends LayerSpec>(definition: LayerDefinition<S>): void {
  if (registry.has(definition.kind)) throw new PlanError(`layer "${definition.kind}" is defined twice`);
  registry.set(definition.kind, definition as unknown as LayerDefinition);
}

/** The definition of a layer; throws when a model names one that is not registered. */
export function layerDefinition(kind: string): LayerDefinition {
  const definition = registry.get(kind);
  if (definition === undefined)
    throw new NetwrightError("ARGUMENT", `there is no layer "${kind}"; register it with defineLayer() before it is used`);
  return definition;
}

/** Kinds of all layers, in the order of registration. */
export function layerKinds(): string[] {
  return [...registry.keys()];
}
