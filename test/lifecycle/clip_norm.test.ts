// Gradient clipping in a trainer: what it keeps from running away, what it must not change, and what it still refuses.
import { describe, expect, it } from "vitest";
import {
  adam,
  Dataset,
  dense,
  mse,
  NonFiniteError,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  Trainer,
} from "../../lib/index.js";
import { allWeights, bars, barTrainer, noise } from "./problems.js";

type Make = (clip: { clipNorm?: number }) => Optimizer;

const optimizers: [string, Make][] = [
  ["sgd", (clip) => sgd({ learningRate: 0.1, weightDecay: 0.01, ...clip })],
  ["sgd with momentum", (clip) => sgd({ learningRate: 0.1, momentum: 0.9, ...clip })],
  ["rmsprop", (clip) => rmsprop({ learningRate: 0.01, centered: true, momentum: 0.5, ...clip })],
  ["adam", (clip) => adam({ weightDecay: 0.01, ...clip })],
];

async function trained(optimizer: Optimizer, threads = 1): Promise<Record<string, number[]>> {
  using trainer = barTrainer({ optimizer, threads });
  await trainer.fit(bars(), { epochs: 2, batchSize: 7 });
  return allWeights(trainer);
}

/** Inputs and targets far from 1: without clipping the first steps leave the finite numbers. */
function wild(rows = 64): Dataset {
  return Dataset.from({
    input: noise(rows * 3, 4).map((value) => value * 1000),
    inputShape: [3],
    target: Array.from({ length: rows }, (_, i) => 200_000 + 1000 * i),
  });
}

describe.each(optimizers)("%s", (_, make) => {
  it("clips with the same bits on 1, 2 and 3 threads", async () => {
    const one = await trained(make({ clipNorm: 0.05 }));
    expect(await trained(make({ clipNorm: 0.05 }), 2)).toEqual(one);
    expect(await trained(make({ clipNorm: 0.05 }), 3)).toEqual(one);
    expect(one).not.toEqual(await trained(make({})));
  });

  it("has the very bits of no clipping where the norm is never reached", async () => {
    expect(await trained(make({ clipNorm: 1e30 }))).toEqual(await trained(make({})));
  });
});

it("a step is no longer than learning rate times clipNorm", async () => {
  using trainer = new Trainer(sequential([3], [dense(8), dense(1)]), {
    loss: mse(),
    optimizer: sgd({ learningRate: 0.1, clipNorm: 2 }),
  });
  const data = wild();
  for (let step = 0; step < 5; step++) {
    const before = Object.values(allWeights(trainer)).flat();
    await trainer.step(data);
    const after = Object.values(allWeights(trainer)).flat();
    expect(Math.hypot(...after.map((value, i) => value - (before[i] as number)))).toBeCloseTo(0.2, 3);
  }
});

const line = (clip: { clipNorm?: number }) =>
  new Trainer(sequential([2], [dense(1)]), { loss: mse(), optimizer: sgd({ learningRate: 1, ...clip }), seed: 1 });
const rows = (input: number, target: number) =>
  Dataset.from({ input: new Float32Array(8).fill(input), inputShape: [2], target: new Float32Array(4).fill(target) });

it("gradients whose squares leave float32 are clipped, not refused", async () => {
  using trainer = line({ clipNorm: 3 });
  trainer.write("dense_1.weight", [0, 0]);
  trainer.write("dense_1.bias", [0]);
  await trainer.step(rows(1, 1e19));
  expect(trainer.read("dense_1.weight").data[0]).toBeCloseTo(Math.sqrt(3), 5);
  expect(trainer.read("dense_1.bias").data[0]).toBeCloseTo(Math.sqrt(3), 5);
});

it.each([
  ["loss", 1, 1e25, /the loss is not finite/],
  ["gradient", 1e25, 1e18, /the gradient is not finite/],
])("a %s that is not finite changes nothing and is named as without clipping", async (_, input, target, text) => {
  const messages = [];
  for (const clip of [{}, { clipNorm: 1 }]) {
    using trainer = line(clip);
    trainer.write("dense_1.weight", [0, 0]);
    const before = allWeights(trainer);
    const error = await trainer.step(rows(input, target)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NonFiniteError);
    messages.push((error as Error).message);
    expect(allWeights(trainer)).toEqual(before);
  }
  expect(messages[0]).toMatch(text);
  expect(messages[1]).toBe(messages[0]);
});
