// What a layer is: plain data in the model, and a rule that lowers it to ops.
import type { Graph } from "../compile/graph.js";
import { ArgumentError, PlanError, ShapeError, shapeText } from "../errors.js";
import type { ValueId } from "../ops/op.js";
import { type Option, type Options, optional, readSpec } from "../options.js";
import type { Dimensions } from "../types/shape.js";
import type { Head } from "./head.js";

/** The data of a layer; `kind` is its registry name, everything else its options. JSON as it stands, frozen. */
export interface LayerSpec {
  readonly kind: string;
  /** Chosen by the user; otherwise `<kind>_<n>`. */
  readonly name?: string;
}

/**
 * Type-level shape rules, one member per kind: the shape of a row after the layer `S`, given the shape `In` before it.
 * Each layer's file adds its own.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the layers' files merge their members into it
// biome-ignore lint/correctness/noUnusedVariables: those members use both parameters
export interface ShapeRules<S, In extends Dimensions> {}

/** What a layer sees while it is lowered. */
export interface LowerContext {
  readonly g: Graph;
  /** Training and inference are two lowerings: dropout vanishes, batch norm reads its state. */
  readonly training: boolean;
  /** Unique name of this layer in the model, prefix of its parameters: `conv2d_1`. */
  readonly name: string;
}

interface LayerRules<S extends LayerSpec> {
  readonly kind: S["kind"];
  /** Checks of the options, in the order in which messages list them. Absent: options are taken as they are. */
  readonly options?: Options;
  /** Where in a model the layer may stand; anywhere unless stated. */
  readonly place?: "first" | "last";
}

export type LayerDefinition<S extends LayerSpec = LayerSpec> = LayerRules<S> &
  (
    | {
        /** Appends the layer's ops; throws ShapeError whose message starts with what the layer expects. */
        lower(context: LowerContext, spec: S, inputs: readonly ValueId[]): ValueId;
        readonly head?: undefined;
      }
    | {
        /** For a last layer that says what the model's values mean. */
        readonly head: Head;
      }
  );

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
    throw new ArgumentError(`there is no layer "${kind}"; register it with defineLayer() before it is used`);
  return definition;
}

/** Kinds of all layers, in the order of registration. */
export function layerKinds(): string[] {
  return [...registry.keys()];
}

const RESERVED_NAMES = ["input", "target"];

const layerName: Option = optional({
  expected: `letters, digits, "_" and "-", and not ${RESERVED_NAMES.map((name) => `"${name}"`).join(" or ")}`,
  parse: (value) =>
    typeof value === "string" && /^[\p{L}\p{N}_-]+$/u.test(value) && !RESERVED_NAMES.includes(value)
      ? value
      : undefined,
});

/**
 * The frozen spec of a layer from its options; every factory ends here, and so does a model read from a file.
 * @throws ArgumentError that names the layer, the option, what it must be and what was found
 */
export function makeLayer<S extends LayerSpec>(kind: S["kind"], given: object): S {
  const { options } = layerDefinition(kind);
  if (options === undefined) return Object.freeze({ ...given, kind }) as S;
  return readSpec<S>(factoryName(kind), kind, { ...options, name: layerName }, given);
}

/** How the user calls a layer: `maxPool2d` for `max_pool2d`. */
export function factoryName(kind: string): string {
  return kind.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The only input of a layer that has one. */
export function onlyInput(inputs: readonly ValueId[]): ValueId {
  if (inputs.length !== 1) throw new ShapeError(`expects one input, got ${inputs.length}`);
  return inputs[0] as ValueId;
}

/** Number of features of a value of rank 2; the message for an image says what to do. */
export function featuresOf(g: Graph, value: ValueId): number {
  const { shape } = g.at(value);
  if (shape.length === 2) return shape[1] as number;
  throw new ShapeError(`expects [features], got ${rowText(shape)}; add flatten() before it`);
}

/** `[channels, height, width]` of a value of rank 4. */
export function imageOf(g: Graph, value: ValueId): [number, number, number] {
  const { shape } = g.at(value);
  if (shape.length === 4) return shape.slice(1) as [number, number, number];
  throw new ShapeError(`expects [channels, height, width], got ${rowText(shape)}`);
}

/** Channels of an image, features of a row: the size of axis 1. */
export function channelsOf(g: Graph, value: ValueId): number {
  return g.at(value).shape[1] as number;
}

/** `[8, 16, 16]`: the shape of one row, as the user thinks of it. */
export function rowText(shape: readonly number[]): string {
  return shapeText(shape.slice(1));
}
