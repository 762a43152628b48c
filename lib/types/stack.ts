// What a stack of layers does to a shape, and where in the source the type checker complains.
import type { ShapeRules } from "../layers/layer.js";
import type { Dimensions, ShapeProblem } from "./shape.js";

/** The shape after one layer; unknown for a kind without a rule, such as a user's own. */
export type LayerShape<S, In extends Dimensions> = S extends { readonly kind: infer Kind }
  ? Kind extends keyof ShapeRules<S, In>
    ? ShapeRules<S, In>[Kind]
    : Dimensions
  : Dimensions;

/** The shape after all layers, or the first problem. Layers of unknown number (a spread array) give an unknown shape. */
export type StackShape<In extends Dimensions, Layers extends readonly unknown[]> = number extends Layers["length"]
  ? Dimensions
  : Layers extends readonly [infer First, ...infer Rest]
    ? LayerShape<First, In> extends infer Out
      ? Out extends Dimensions
        ? StackShape<Out, Rest>
        : Out
      : never
    : In;

/**
 * The layers themselves when they fit, else with the first layer that does not replaced by a sentence: the compiler then
 * marks that layer and says `Type 'DenseSpec<10>' is not assignable to type 'dense expects [features], ...'`.
 */
export type CheckedStack<In extends Dimensions, Layers extends readonly unknown[]> = number extends Layers["length"]
  ? Layers
  : WalkedStack<In, Layers>;

type WalkedStack<
  In extends Dimensions,
  Layers extends readonly unknown[],
  Fitting extends readonly unknown[] = [],
> = Layers extends readonly [infer First, ...infer Rest]
  ? LayerShape<First, In> extends infer Out
    ? Out extends ShapeProblem<infer Message>
      ? readonly [...Fitting, Message, ...Rest]
      : Out extends Dimensions
        ? WalkedStack<Out, Rest, readonly [...Fitting, First]>
        : never
    : never
  : Fitting;

/** The shape of a stack that has passed `CheckedStack`. */
export type CheckedShape<In extends Dimensions, Layers extends readonly unknown[]> =
  StackShape<In, Layers> extends infer Out extends Dimensions ? Out : Dimensions;
