// Shapes at the level of types: literal where that is free, `number` where arithmetic would be needed.

/** A row's shape: `readonly [8, number, number]`; `readonly number[]` where even the rank is unknown. */
export type Dimensions = readonly number[];

/** What a shape rule gives instead of a shape when layers do not fit; `checkedStack` shows the text to the user. */
export interface ShapeProblem<Message extends string> {
  readonly problem: Message;
}

type Joined<D extends Dimensions> = D extends readonly [infer Only extends number]
  ? `${Only}`
  : D extends readonly [infer First extends number, ...infer Rest extends Dimensions]
    ? `${First}, ${Joined<Rest>}`
    : "";

/** `[8, ${number}, ${number}]`: a shape in a message of the type checker. */
export type ShapeText<D extends Dimensions> = `[${Joined<D>}]`;

/** `Out` where the input is a row of features or unknown, else a readable problem. */
export type FromFeatures<Layer extends string, In extends Dimensions, Out> = number extends In["length"]
  ? Out
  : In["length"] extends 1
    ? Out
    : ShapeProblem<`${Layer} expects [features], got ${ShapeText<In>}; add flatten()`>;

/** `Out` where the input is an image or unknown, else a readable problem. */
export type FromImage<Layer extends string, In extends Dimensions, Out> = number extends In["length"]
  ? Out
  : In["length"] extends 3
    ? Out
    : ShapeProblem<`${Layer} expects [channels, height, width], got ${ShapeText<In>}`>;

/** The channels of an image, `number` when unknown. */
export type Channels<In extends Dimensions> = In extends readonly [infer C extends number, ...Dimensions] ? C : number;

/** Whether two shapes may be equal: `true`, or `false` when ranks or literal dimensions differ. */
export type MayBeEqual<A extends Dimensions, B extends Dimensions> = number extends A["length"]
  ? true
  : number extends B["length"]
    ? true
    : A["length"] extends B["length"]
      ? [Differing<A, B>] extends [never]
        ? true
        : false
      : false;

type Differing<A extends Dimensions, B extends Dimensions> = {
  [K in keyof A]: K extends keyof B ? (A[K] extends B[K] ? never : B[K] extends A[K] ? never : true) : true;
}[number];
