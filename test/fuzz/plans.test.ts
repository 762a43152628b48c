// Plans altered at random go into the native core: each is refused with an error or runs; nothing crashes.
import { expect, it } from "vitest";
import { compile } from "../../lib/compile/compile.js";
import type { Plans } from "../../lib/compile/plan.js";
import { randomWords } from "../../lib/ops/rng.js";
import { loadNative, type NativeSession } from "../../lib/runtime/native.js";
import {
  adam,
  averagePool2d,
  batchNorm,
  conv2d,
  crossEntropy,
  dense,
  dropout,
  flatten,
  gaussian,
  gaussianNll,
  globalAveragePool2d,
  maxPool2d,
  mse,
  parallel,
  relu,
  residual,
  rmsprop,
  sequential,
  sgd,
  sigmoid,
  softmax,
  standardize,
  tanh,
} from "../../lib/index.js";

const ROUNDS = 1500;
const ROWS = 5;

const image = sequential(
  [2, 6, 6],
  [
    standardize(),
    conv2d(4, { kernel: 3, padding: "same", stride: 2 }),
    batchNorm(),
    relu(),
    residual([conv2d(4, { kernel: 3, padding: 1, groups: 4 }), tanh()]),
    parallel([[maxPool2d(2)], [averagePool2d(2)]]),
    dropout(0.5),
    flatten(),
    dense(3),
    softmax(),
  ],
);
const pooled = sequential([2, 5, 5], [conv2d(3, { kernel: 2 }), sigmoid(), globalAveragePool2d(), dense(2)]);
const prices = sequential([4], [standardize(), dense(5), relu(), dense(2), gaussian()]);

const originals: { plans: Plans; width: number; target: { shape: number[]; data: Float32Array | Int32Array } }[] = [
  {
    plans: compile(image, { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) }).plans,
    width: 72,
    target: { shape: [], data: Int32Array.from({ length: ROWS }, (_, i) => i % 3) },
  },
  {
    plans: compile(pooled, { loss: mse(), optimizer: rmsprop({ centered: true, clipNorm: 1 }) }).plans,
    width: 50,
    target: { shape: [2], data: new Float32Array(2 * ROWS).fill(0.5) },
  },
  {
    plans: compile(prices, { loss: gaussianNll(), optimizer: adam(), standardizeTargets: true }).plans,
    width: 4,
    target: { shape: [1], data: new Float32Array(ROWS).fill(2) },
  },
];

class Mutator {
  private next = 0;
  private readonly words: Uint32Array;

  constructor(seed: number) {
    this.words = randomWords(seed, 1, 0, 4096);
  }

  below(limit: number): number {
    return (this.words[this.next++ % this.words.length] as number) % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** Changes one place of a JSON value, chosen by walking down at random. */
  mutate(value: unknown): void {
    let container = value as Record<string, unknown>;
    for (;;) {
      const key = this.pick(Object.keys(container));
      if (key === undefined) return;
      const inner = container[key];
      if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0 && this.below(8) > 0) {
        container = inner as Record<string, unknown>;
        continue;
      }
      this.replace(container, key, inner);
      return;
    }
  }

  private replace(container: Record<string, unknown>, key: string, old: unknown): void {
    const numbers = [
      -1,
      0,
      1,
      2,
      3,
      5,
      7,
      16,
      48,
      1000,
      4096,
      2 ** 40,
      2 ** 53,
      -7,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ];
    const words = [
      "",
      "input",
      "target",
      "param",
      "state",
      "grad",
      "slot",
      "temp",
      "output",
      "metric",
      "plain",
      "nhwc",
      "hwio",
      "update",
      "compute",
    ];
    const ops = [
      "matmul",
      "conv2d",
      "conv2d_grad_x",
      "flatten",
      "add",
      "concat",
      "slice",
      "softmax",
      "batch_norm",
      "adam",
      "sgd",
      "one_hot",
      "nonsense",
    ];
    const choice = this.below(10);
    if (choice === 0) delete container[key];
    else if (choice === 1)
      container[key] = this.pick<unknown>([null, undefined, true, "x", [], {}, 3, Symbol("s"), 10n]);
    else if (choice === 2 && Array.isArray(container)) container.push(structuredClone(old));
    else if (typeof old === "number")
      container[key] = this.below(3) === 0 ? this.pick(numbers) : old + this.pick([-1, 1, 2]);
    else if (key === "op") container[key] = this.pick(ops);
    else if (typeof old === "string") container[key] = this.pick(words);
    else if (typeof old === "boolean") container[key] = !old;
    else container[key] = this.pick(numbers);
  }
}

async function use(
  session: NativeSession,
  width: number,
  target: (typeof originals)[number]["target"],
  inputShape: number[],
): Promise<void> {
  const { Dataset } = loadNative();
  const input = new Float32Array(ROWS * width).map((_, i) => Math.sin(i));
  const dataset = new Dataset(
    [
      { name: "input", shape: inputShape, data: input },
      { name: "target", ...target },
    ],
    ROWS,
  );
  const attempts: (() => unknown)[] = [
    () =>
      session.runEpoch({
        dataset,
        batchSize: 3,
        learningRates: new Float32Array(2).fill(0.01),
        epoch: 1,
        shuffle: true,
      }),
    () => session.evaluate({ dataset, batchSize: 4 }),
    () => session.predict({ dataset, batchSize: 2 }, false),
    () => session.predictRows(input, ROWS, 2, true),
    () => session.describe("train", 3),
    () => session.names().map(({ name }) => session.write(name, session.read(name).data)),
  ];
  for (const attempt of attempts) await Promise.resolve().then(attempt).catch(expectError);
}

function expectError(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message.length).toBeGreaterThan(10);
}

it(`${ROUNDS} altered plans are refused or run`, { timeout: 240_000 }, async () => {
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { plans, width, target } = originals[round % originals.length] as (typeof originals)[number];
    const inputShape = [...(plans.predict?.values[0]?.shape.slice(1) ?? [])];
    const altered = structuredClone(plans);
    const mutator = new Mutator(round);
    for (let i = 0; i <= round % 3; i++) mutator.mutate(altered);
    let session: NativeSession;
    try {
      session = new (loadNative().Session)({ plans: altered, seed: 1, threads: 1 + (round % 2) });
    } catch (error) {
      expectError(error);
      refused++;
      continue;
    }
    await use(session, width, target, inputShape);
    session.close();
  }
  expect(refused).toBeGreaterThan(ROUNDS / 10);
  expect(refused).toBeLessThan(ROUNDS);
});
