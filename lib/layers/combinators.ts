// Combinators: ways to write several nodes of a model at once; they leave only plain layers behind.
import { ArgumentError } from "../errors.js";
import { isWhole, valueText } from "../options.js";
import type { Dimensions, MayBeEqual, ShapeProblem, ShapeText } from "../types/shape.js";
import type { StackShape } from "../types/stack.js";
import type { LayerSpec } from "./layer.js";

/** Layers whose result is added to what went in. */
export interface Residual<
  Layers extends readonly LayerSpec[] = readonly LayerSpec[],
  Shortcut extends readonly LayerSpec[] = readonly LayerSpec[],
> extends LayerSpec {
  readonly kind: "residual";
  readonly layers: Layers;
  readonly shortcut: Shortcut;
}

/** Stacks side by side, their channels one after the other. */
export interface Parallel<Branches extends readonly (readonly LayerSpec[])[] = readonly (readonly LayerSpec[])[]>
  extends LayerSpec {
  readonly kind: "parallel";
  readonly branches: Branches;
}

/** The same layers several times, each with weights of its own. */
export interface Repeat extends LayerSpec {
  readonly kind: "repeat";
  readonly times: number;
  readonly layers: readonly LayerSpec[];
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    residual: S extends Residual<infer Layers, infer Shortcut>
      ? Added<StackShape<In, Layers>, StackShape<In, Shortcut>>
      : never;
    parallel: S extends Parallel<infer Branches> ? Concatenated<In, Branches> : never;
  }
}

type Added<Branch, Shortcut> = Branch extends Dimensions
  ? Shortcut extends Dimensions
    ? MayBeEqual<Branch, Shortcut> extends true
      ? Branch
      : ShapeProblem<`residual adds ${ShapeText<Branch>} to ${ShapeText<Shortcut>}; give it a shortcut that makes them equal`>
    : Shortcut
  : Branch;

type Concatenated<In extends Dimensions, Branches extends readonly unknown[]> = number extends Branches["length"]
  ? Dimensions
  : Branches extends readonly [infer First extends readonly unknown[], ...infer Rest]
    ? StackShape<In, First> extends infer Shape
      ? Shape extends readonly [number, ...infer Others extends Dimensions]
        ? OtherBranches<In, Rest, readonly [number, ...Others]>
        : Shape
      : never
    : Dimensions;

/** The joint shape, or the first problem of the branches that are left. */
type OtherBranches<
  In extends Dimensions,
  Branches extends readonly unknown[],
  Joint extends Dimensions,
> = Branches extends readonly [infer First extends readonly unknown[], ...infer Rest]
  ? StackShape<In, First> extends infer Shape
    ? Shape extends Dimensions
      ? OtherBranches<In, Rest, Joint>
      : Shape
    : never
  : Joint;

/**
 * `layers(x) + shortcut(x)`; without a shortcut `layers(x) + x` (He et al. 2015).
 * @param options `shortcut`: layers that bring the input to the shape of the result, such as a convolution with kernel 1
 * @example
 * sequential([8, 16, 16], [
 *   residual([conv2d(8, { kernel: 3, padding: "same" }), batchNorm(), relu()]),
 *   residual([conv2d(16, { kernel: 3, stride: 2, padding: "same" })], { shortcut: [conv2d(16, { kernel: 1, stride: 2 })] }),
 *   globalAveragePool2d(), dense(10), softmax(),
 * ]);
 */
export function residual<
  Layers extends readonly LayerSpec[] | readonly [],
  Shortcut extends readonly LayerSpec[] | readonly [] = readonly [],
>(layers: Layers, options: { readonly shortcut?: Shortcut } = {}): Residual<Layers, Shortcut> {
  const { shortcut = [], ...unknown } = options;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) throw new ArgumentError(`residual: unknown option "${extra}"; it has shortcut`);
  const spec = {
    kind: "residual",
    layers: checkedList("residual", layers),
    shortcut: checkedList("residual", shortcut),
  };
  if (layers.length === 0) throw new ArgumentError("residual: expects at least one layer, got an empty list");
  return Object.freeze(spec) as unknown as Residual<Layers, Shortcut>;
}

/**
 * Runs stacks side by side on the same input and joins their channels (or features), in the order given.
 * An empty stack hands the input on.
 * @param branches stacks whose results agree in height and width
 * @example
 * sequential([3, 16, 16], [
 *   parallel([[conv2d(4, { kernel: 1 })], [conv2d(8, { kernel: 3, padding: "same" }), relu()]]),
 *   globalAveragePool2d(), dense(10), softmax(),
 * ]);
 */
export function parallel<Branches extends readonly (readonly LayerSpec[] | readonly [])[] | readonly []>(
  branches: Branches,
): Parallel<Branches> {
  if (!Array.isArray(branches) || branches.length === 0)
    throw new ArgumentError(`parallel: expects a list of stacks, got ${valueText(branches)}`);
  const kept = branches.map((branch) => checkedList("parallel", branch));
  return Object.freeze({ kind: "parallel", branches: Object.freeze(kept) }) as unknown as Parallel<Branches>;
}

/**
 * The layers `times` times over, each time with weights of its own.
 * @example
 * sequential([8], [dense(64), relu(), repeat(3, [dense(64), relu()]), dense(1)]);
 */
export function repeat(times: number, layers: readonly LayerSpec[]): Repeat {
  if (!isWhole(times) || times < 1)
    throw new ArgumentError(`repeat: times must be a positive whole number, got ${valueText(times)}`);
  return Object.freeze({ kind: "repeat", times, layers: checkedList("repeat", layers) });
}

/** A frozen copy of a list of layers; throws ArgumentError for anything else, such as a factory that was not called. */
export function checkedList(name: string, layers: unknown): readonly LayerSpec[] {
  if (!Array.isArray(layers)) throw new ArgumentError(`${name}: expects a list of layers, got ${valueText(layers)}`);
  layers.forEach((layer, index) => {
    if (typeof layer === "function")
      throw new ArgumentError(`${name}: layer ${index + 1} is a function; call it, as in ${layer.name || "relu"}()`);
    if (typeof layer !== "object" || layer === null || typeof layer.kind !== "string")
      throw new ArgumentError(
        Array.isArray(layer)
          ? `${name}: layer ${index + 1} is a list; spread it, as in [...block(8), flatten()]`
          : `${name}: layer ${index + 1} is no layer, got ${valueText(layer)}`,
      );
  });
  return Object.freeze([...layers]);
}
