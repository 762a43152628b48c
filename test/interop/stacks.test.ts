// Random stacks of layers: names, shapes and constants must still fit when ops follow one another.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
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
  type PoolOptions,
  parallel,
  relu,
  residual,
  sigmoid,
  softmax,
  standardize,
  tanh,
} from "../../lib/layers/index.js";
import { verifyOnnx } from "../../lib/onnx/verify.js";
import { Trainer } from "../../lib/runtime/trainer.js";
import type { Shape } from "../../lib/errors.js";
import { expectAgreement, forwardGraph, modelOf, randomNumbers, randomWeights, STACKED } from "./support.js";

const STACKS = 40;
type Pool = (size: number, options: PoolOptions) => LayerSpec;

describe("random stacks in ONNX Runtime", () => {
  it.each(Array.from({ length: STACKS }, (_, seed) => seed))("stack %i", async (seed) => {
    const [inputShape, layers] = randomStack(seed);
    await expectAgreement(forwardGraph(modelOf(inputShape, layers)), STACKED, { seed });
  });
});

describe("random stacks computed natively", () => {
  it.each(Array.from({ length: STACKS / 2 }, (_, i) => 1000 + i))("stack %i", async (seed) => {
    const [inputShape, layers] = randomStack(seed);
    const model = modelOf(inputShape, layers);
    const trainer = new Trainer(model, { seed });
    const folder = await mkdtemp(path.join(tmpdir(), "netwright-stack-"));
    try {
      for (const [name, { data }] of randomWeights(forwardGraph(model), seed)) trainer.write(name, data);
      await trainer.exportOnnx(path.join(folder, "model.onnx"));
      expect(await verifyOnnx(path.join(folder, "model.onnx"), { threshold: STACKED })).toMatchObject({ passed: true });
    } finally {
      trainer.dispose();
      await rm(folder, { recursive: true });
    }
  });
});

function randomStack(seed: number): [Shape, LayerSpec[]] {
  const numbers = randomNumbers("stack", 400, 0, 1, seed);
  let at = 0;
  const below = (count: number) => Math.floor(numbers[at++]! * count);
  const pick = <T>(...choices: T[]): T => choices[below(choices.length)]!;
  const activation = () => pick<() => LayerSpec>(relu, sigmoid, tanh)();

  const imageLayer = (channels: number): { layers: LayerSpec[]; channels: number } => {
    const filters = 2 * (1 + below(4));
    switch (below(7)) {
      case 0:
        return {
          layers: [conv2d(filters, { kernel: pick(1, 3), padding: "same", bias: pick(true, false) })],
          channels: filters,
        };
      case 1:
        return {
          layers: [conv2d(filters, { kernel: 3, stride: pick(1, 2), padding: pick(1, 2), groups: 2 })],
          channels: filters,
        };
      case 2:
        return {
          layers: [conv2d(channels, { kernel: 3, padding: "same", groups: channels, dilation: pick(1, 2) })],
          channels,
        };
      case 3:
        return {
          layers: [pick<Pool>(maxPool2d, averagePool2d)(pick(2, 3), { stride: pick(1, 2), padding: "same" })],
          channels,
        };
      case 4:
        return {
          layers: [residual([conv2d(channels, { kernel: 3, padding: "same" }), batchNorm(), activation()])],
          channels,
        };
      case 5:
        return {
          layers: [
            parallel([[conv2d(2, { kernel: 1 })], [conv2d(filters, { kernel: 3, padding: "same" }), activation()], []]),
          ],
          channels: 2 + filters + channels,
        };
      default:
        return { layers: [batchNorm(), activation(), dropout(0.1)], channels };
    }
  };

  const layers: LayerSpec[] = pick(true, false) ? [standardize()] : [];
  let inputShape: Shape = [3 + below(6)];
  if (pick(true, true, false)) {
    let channels = 2 * (1 + below(3));
    inputShape = [channels, 8 + below(5), 8 + below(5)];
    for (let i = 2 + below(4); i > 0; i--) {
      const next = imageLayer(channels);
      layers.push(...next.layers);
      channels = next.channels;
    }
    layers.push(pick<() => LayerSpec>(flatten, globalAveragePool2d)());
  }
  for (let i = below(3); i > 0; i--)
    layers.push(dense(2 + below(20)), ...pick([activation()], [batchNorm(), activation()], [dropout(0.5)]));
  for (let i = below(2); i > 0; i--) layers.push(residual([dense(6), tanh(), dense(5)], { shortcut: [dense(5)] }));
  layers.push(dense(4), ...pick([softmax()], [gaussian()], []));
  return [inputShape, layers];
}
