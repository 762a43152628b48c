// What the type checker accepts and refuses; compiled by `npm run check` and by types.test.ts, never run.
import {
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  gaussian,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  type Model,
  parallel,
  relu,
  repeat,
  residual,
  sequential,
  sigmoid,
  softmax,
  standardize,
  tanh,
} from "../../lib/layers/index.js";

/** True when the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type InputOf<M> = M extends Model<infer In, infer _Out> ? In : never;
type OutputOf<M> = M extends Model<infer _In, infer Out> ? Out : never;

function expectTrue<_T extends true>(): void {}

export const image = sequential(
  [1, 28, 28],
  [conv2d(8, { kernel: 3 }), batchNorm(), relu(), maxPool2d(2), flatten(), dense(10), softmax()],
);
expectTrue<Same<InputOf<typeof image>, readonly [1, 28, 28]>>();
expectTrue<Same<OutputOf<typeof image>, readonly [10]>>();

export const houses = sequential(
  [4],
  [standardize(), dense(100), tanh(), dropout(0.1), sigmoid(), dense(2), gaussian()],
);
expectTrue<Same<OutputOf<typeof houses>, readonly [number]>>();

export const convolutional = sequential([3, 32, 32], [conv2d(16, { kernel: 3 }), averagePool2d(2)]);
expectTrue<Same<OutputOf<typeof convolutional>, readonly [16, number, number]>>();

export const pooled = sequential([3, 32, 32], [conv2d(16, { kernel: 3 }), relu(), globalAveragePool2d()]);
expectTrue<Same<OutputOf<typeof pooled>, readonly [16]>>();

export const added = sequential(
  [8, 16, 16],
  [
    residual([conv2d(8, { kernel: 3, padding: "same" }), relu()]),
    residual([conv2d(16, { kernel: 3, padding: "same" })], { shortcut: [conv2d(16, { kernel: 1 })] }),
    globalAveragePool2d(),
  ],
);
expectTrue<Same<OutputOf<typeof added>, readonly [16]>>();

export const joined = sequential(
  [3, 16, 16],
  [parallel([[conv2d(4, { kernel: 1 })], [conv2d(8, { kernel: 1 }), relu()], []]), globalAveragePool2d(), dense(2)],
);
expectTrue<Same<OutputOf<typeof joined>, readonly [2]>>();

// Layers from a spread array have no known number: shapes are checked when the model is defined, and not by its type.
const block = (filters: number) => [conv2d(filters, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];
export const spread = sequential(
  [1, 16, 16],
  [...block(32), ...block(64), dropout(0.25), flatten(), dense(10), softmax()],
);
expectTrue<Same<OutputOf<typeof spread>, readonly number[]>>();

// A spread list literal is a list, too.
export const spreadLiteral = sequential([1, 16, 16], [...[conv2d(4, { kernel: 3 }), relu()], flatten(), dense(10)]);
expectTrue<Same<OutputOf<typeof spreadLiteral>, readonly number[]>>();

export const listed = (layers: LayerSpec[]) => sequential([1, 16, 16], layers);
expectTrue<Same<OutputOf<ReturnType<typeof listed>>, readonly number[]>>();

// A number that is only known when the script runs stays a number.
export const variable = (units: number, shape: number[]) => sequential(shape, [dense(units), relu()]);
expectTrue<Same<OutputOf<ReturnType<typeof variable>>, readonly [number]>>();

export const repeated = sequential([8], [repeat(3, [dense(8), relu()]), dense(4)]);
expectTrue<Same<OutputOf<typeof repeated>, readonly [4]>>();

/** A layer of the user's own, without a shape rule: what follows is checked when the model is defined. */
export const custom = sequential([1, 8, 8], [{ kind: "swish" }, flatten(), dense(3)]);
expectTrue<Same<OutputOf<typeof custom>, readonly [3]>>();

export const wrong = [
  // @ts-expect-error a dense layer on an image
  () => sequential([1, 28, 28], [conv2d(8, { kernel: 3 }), relu(), dense(10)]),
  // @ts-expect-error a convolution on features
  () => sequential([4], [dense(8), conv2d(8, { kernel: 3 })]),
  // @ts-expect-error pooling after flatten
  () => sequential([1, 8, 8], [flatten(), maxPool2d(2)]),
  // @ts-expect-error a softmax on an image
  () => sequential([1, 8, 8], [conv2d(8, { kernel: 3 }), softmax()]),
  // @ts-expect-error a gaussian head on an image
  () => sequential([1, 8, 8], [gaussian()]),
  // @ts-expect-error pooling twice, the second time over nothing
  () => sequential([1, 8, 8], [globalAveragePool2d(), globalAveragePool2d()]),
  // @ts-expect-error a sum of 8 and 16 channels
  () => sequential([8, 4, 4], [residual([conv2d(16, { kernel: 1 })])]),
  // @ts-expect-error a problem inside a residual
  () => sequential([8, 4, 4], [residual([dense(8)])]),
  // @ts-expect-error a problem inside a branch
  () => sequential([8, 4, 4], [parallel([[relu()], [dense(8)]])]),
  // @ts-expect-error an option that does not exist
  () => conv2d(8, { kernal: 3 }),
  // @ts-expect-error a required option
  () => conv2d(8, {}),
  // @ts-expect-error a wrong word
  () => conv2d(8, { kernel: 3, padding: "full" }),
  // @ts-expect-error a factory that was not called
  () => sequential([4], [relu]),
];
