// The networks of pytorch.py, written in netwright, with the same weights, rows and targets.
import { type Compiled, compile } from "../../lib/compile/compile.js";
import {
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  flatten,
  gaussian,
  globalAveragePool2d,
  maxPool2d,
  type Model,
  parallel,
  relu,
  residual,
  sequential,
  sigmoid,
  softmax,
  standardize,
  tanh,
} from "../../lib/layers/index.js";
import { crossEntropy, gaussianNll, type Loss, mse, type TargetKind } from "../../lib/losses/index.js";
import { adam, adamW, type Optimizer, rmsprop, sgd } from "../../lib/optimizers/index.js";
import type { Shape } from "../../lib/errors.js";

export const ROWS = 24;
export const BATCH = 6;
export const STEPS = 10;

export interface GoldenCase {
  readonly compiled: Compiled;
  readonly optimizer: Optimizer;
  /** Parameters and states by name. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly input: Float32Array;
  readonly target: Float32Array | Int32Array;
}

/** Numbers in [0, 1), exact in float32, from a linear congruential generator. */
function uniform(seed: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 9) / 2 ** 23;
  });
}

const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

function start(name: string, shape: Shape, seed: number): Float32Array {
  const u = uniform(seed, sizeOf(shape));
  if (name.endsWith(".scale")) return Float32Array.from(u, (value) => 0.5 + value);
  const fanIn = shape.length === 2 ? (shape[0] as number) : sizeOf(shape.slice(1));
  return Float32Array.from(u, (value) => (name.endsWith(".weight") ? (2 * value - 1) / Math.sqrt(fanIn) : value - 0.5));
}

const rows = (shape: Shape, low: number, high: number): Float32Array =>
  Float32Array.from(uniform(1000, ROWS * sizeOf(shape)), (u) => low + (high - low) * u);
const labels = (classes: number): Int32Array => Int32Array.from(uniform(2000, ROWS), (u) => Math.floor(u * classes));

function goldenCase(
  model: Model,
  {
    loss,
    optimizer,
    input,
    target,
    states = {},
    standardizeTargets = false,
    targetKind,
  }: {
    loss: Loss;
    optimizer: Optimizer;
    input: Float32Array;
    target: Float32Array | Int32Array;
    states?: Record<string, number[]>;
    standardizeTargets?: boolean;
    targetKind?: TargetKind;
  },
): GoldenCase {
  const compiled = compile(model, { loss, optimizer, standardizeTargets, ...(targetKind && { targetKind }) });
  const parameters = compiled.plans.predict?.values.filter(({ role }) => role === "param") ?? [];
  const weights = Object.fromEntries(parameters.map(({ name, shape }, i) => [name, start(name, shape, i + 1)]));
  for (const [name, numbers] of Object.entries(states)) weights[name] = Float32Array.from(numbers);
  return { compiled, optimizer, weights, input, target };
}

const digits = () =>
  goldenCase(
    sequential(
      [1, 8, 8],
      [
        conv2d(4, { kernel: 3, padding: "same" }),
        batchNorm(),
        relu(),
        maxPool2d(2),
        conv2d(6, { kernel: 3, padding: "same" }),
        batchNorm(),
        relu(),
        maxPool2d(2),
        flatten(),
        dense(10),
        relu(),
        dense(5),
        softmax(),
      ],
    ),
    {
      loss: mse(),
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
      input: rows([1, 8, 8], -1, 1),
      target: labels(5),
    },
  );

const LOW = [100, 500, -7, 0];
const HIGH = [2000, 5000, 1, 1];

const houses = () =>
  goldenCase(sequential([4], [standardize(), dense(12), relu(), dense(8), tanh(), dense(2), gaussian()]), {
    loss: gaussianNll(),
    optimizer: adam({ learningRate: 0.01, weightDecay: 0.02 }),
    input: Float32Array.from(
      uniform(1000, ROWS * 4),
      (u, i) => (LOW[i % 4] as number) + ((HIGH[i % 4] as number) - (LOW[i % 4] as number)) * u,
    ),
    target: Float32Array.from(uniform(2000, ROWS), (u) => 1e5 + 5e5 * u),
    states: {
      "standardize_1.mean": [1000, 2500, -3, 0.5],
      "standardize_1.deviation": [500, 1200, 2, 0.25],
      "target.mean": [3e5],
      "target.deviation": [1.5e5],
    },
    standardizeTargets: true,
  });

const strokes = () =>
  goldenCase(
    sequential(
      [2, 10, 10],
      [
        conv2d(4, { kernel: 3, stride: 2, padding: 1 }),
        tanh(),
        conv2d(4, { kernel: 3, padding: 2, dilation: 2, groups: 4, bias: false }),
        batchNorm({ epsilon: 1e-3, momentum: 0.3 }),
        relu(),
        conv2d(6, { kernel: [1, 2], groups: 2 }),
        sigmoid(),
        averagePool2d(3, { stride: 2, padding: 1, countIncludePad: false }),
        flatten(),
        dense(4),
        softmax(),
      ],
    ),
    {
      loss: crossEntropy(),
      optimizer: rmsprop({ learningRate: 0.005, alpha: 0.9, momentum: 0.5, centered: true, weightDecay: 0.01 }),
      input: rows([2, 10, 10], -1, 1),
      target: labels(4),
    },
  );

const branches = () =>
  goldenCase(
    sequential(
      [3, 5, 6],
      [
        parallel([[conv2d(2, { kernel: 1 })], [conv2d(3, { kernel: 3, padding: "same" }), tanh()], []]),
        residual([conv2d(8, { kernel: 3, padding: "same" }), sigmoid()]),
        maxPool2d(3, { stride: 2, padding: 1 }),
        globalAveragePool2d(),
        dense(6),
        batchNorm(),
        tanh(),
        dense(2),
      ],
    ),
    {
      loss: mse(),
      optimizer: sgd({ learningRate: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.01 }),
      input: rows([3, 5, 6], -2, 2),
      target: Float32Array.from(uniform(2000, ROWS * 2), (u) => 2 * u - 1),
    },
  );

const clipped = (optimizer: Optimizer) => () =>
  goldenCase(sequential([3], [dense(6), tanh(), dense(2)]), {
    loss: mse(),
    optimizer,
    input: rows([3], -2, 2),
    target: Float32Array.from(uniform(2000, ROWS * 2), (u) => 4 * u - 2),
  });

const smoothed = (target: Float32Array | Int32Array, targetKind: TargetKind) => () =>
  goldenCase(sequential([3], [dense(6), tanh(), dense(4), softmax()]), {
    loss: crossEntropy({ labelSmoothing: 0.2 }),
    optimizer: adamW({ learningRate: 0.05 }),
    input: rows([3], -2, 2),
    target,
    targetKind,
  });

/** Four numbers a row that sum to 1. */
const shares = Float32Array.from(
  uniform(2000, ROWS).flatMap((share) => [share / 2, (1 - share) / 2, share / 4 + 0.25, (1 - share) / 4]),
);

/** By the names of the functions in pytorch.py. */
export const goldenCases: Readonly<Record<string, () => GoldenCase>> = {
  digits,
  houses,
  strokes,
  branches,
  clipped_sgd: clipped(sgd({ learningRate: 0.1, momentum: 0.5, weightDecay: 0.1, clipNorm: 1 })),
  clipped_rmsprop: clipped(rmsprop({ learningRate: 0.02, alpha: 0.9, weightDecay: 0.1, clipNorm: 1 })),
  clipped_adam: clipped(adam({ learningRate: 0.02, weightDecay: 0.1, clipNorm: 1 })),
  clipped_adamw: clipped(adamW({ learningRate: 0.02, weightDecay: 0.1, clipNorm: 1 })),
  smoothed_labels: smoothed(labels(4), { kind: "classes", classes: 4 }),
  smoothed_shares: smoothed(shares, { kind: "values", shape: [4] }),
};

/** Rows `first` to `first + count` of values that lie row after row. */
export function rowsOf<T extends Float32Array | Int32Array>(values: T, first: number, count: number): T {
  const width = values.length / ROWS;
  return values.slice(first * width, (first + count) * width) as T;
}
