// What a trainer exports, ONNX Runtime computes: the native kernels, the file and its samples agree.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  batchNorm,
  conv2d,
  crossEntropy,
  Dataset,
  dense,
  dropout,
  flatten,
  gaussian,
  gaussianNll,
  type LayerSpec,
  maxPool2d,
  type Model,
  mse,
  parallel,
  readOnnxInfo,
  relu,
  residual,
  sequential,
  softmax,
  standardize,
  Trainer,
  verifyOnnx,
} from "../../lib/index.js";
import { modelOf, randomNumbers, STACKED } from "./support.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "netwright-export-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function exportedAndVerified(trainer: Trainer, name: string) {
  const file = path.join(folder, name);
  await trainer.exportOnnx(file);
  const result = await verifyOnnx(file);
  expect(result.outputs.filter(({ relative }) => !(relative <= STACKED))).toEqual([]);
  return { result, info: readOnnxInfo(await readFile(file)) };
}

const ROWS = 48;
const images = randomNumbers("images", ROWS * 64, 0, 1);
const features = randomNumbers("features", ROWS * 3, 1000, 5000);

describe("a trained model in ONNX Runtime", () => {
  it("classifies as the trainer does, with class names in the file", async () => {
    const classes = ["left", "right", "it's neither"];
    const target = Array.from({ length: ROWS }, (_, i) => classes[i % 3]!);
    const data = Dataset.from({ input: images, inputShape: [1, 8, 8], target, classes });
    const model = sequential(
      [1, 8, 8],
      [
        conv2d(6, { kernel: 3, padding: "same" }),
        batchNorm(),
        relu(),
        maxPool2d(2),
        dropout(0.2),
        flatten(),
        dense(3),
        softmax(),
      ],
    );
    const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: adam({ learningRate: 0.01 }), seed: 1 });
    await trainer.fit(data, { epochs: 2, batchSize: 16 });
    const { result, info } = await exportedAndVerified(trainer, "classes.onnx");
    expect(result).toMatchObject({ rows: 8, outputs: [{ name: "probabilities" }] });
    expect(info).toMatchObject({
      classes,
      opset: 17,
      irVersion: 8,
      inputs: [{ name: "input", shape: ["batch", 1, 8, 8] }],
    });
    trainer.dispose();
    data.dispose();
  });

  it("takes raw features and gives mean and sigma in the target's units", async () => {
    const target = Float32Array.from(
      { length: ROWS },
      (_, i) => 200_000 + 30 * features[i * 3]! - 12 * features[i * 3 + 1]!,
    );
    const featureNames = ["area", "age", "distance"];
    const data = Dataset.from({ input: features, inputShape: [3], target, featureNames, targetNames: ["price"] });
    const model = sequential([3], [standardize(), dense(8), relu(), dense(2), gaussian()]);
    const trainer = new Trainer(model, {
      loss: gaussianNll(),
      optimizer: adam({ learningRate: 0.01 }),
      standardizeTargets: true,
    });
    await trainer.fit(data, { epochs: 3, batchSize: 16 });
    const { result, info } = await exportedAndVerified(trainer, "houses.onnx");
    expect(result.outputs.map(({ name }) => name)).toEqual(["mean", "sigma"]);
    expect(result.outputs[0]!.largest).toBeGreaterThan(100_000);
    expect(info).toMatchObject({ featureNames, targetNames: ["price"] });
    trainer.dispose();
    data.dispose();
  });
});

describe("a model that was never trained", () => {
  const stacks: [string, Model][] = (
    [
      ["dense", [5], [dense(4)]],
      [
        "convolutions",
        [2, 9, 7],
        [conv2d(5, { kernel: 3, stride: 2, padding: "same" }), relu(), conv2d(4, { kernel: [1, 2] })],
      ],
      [
        "groups and dilation",
        [4, 9, 7],
        [conv2d(8, { kernel: 3, groups: 2, dilation: 2 }), conv2d(8, { kernel: 3, groups: 8, padding: 1 })],
      ],
      [
        "residual and parallel",
        [3, 8, 8],
        [
          residual([conv2d(3, { kernel: 3, padding: "same" }), relu()]),
          parallel([[maxPool2d(2)], [maxPool2d(2), relu()]]),
          flatten(),
        ],
      ],
    ] as [string, number[], LayerSpec[]][]
  ).map(([name, shape, layers]) => [name, modelOf(shape, layers)]);

  it.each(stacks)("is exported with samples of its own: %s", async (name, model) => {
    const trainer = new Trainer(model, { loss: mse(), seed: 3 });
    await exportedAndVerified(trainer, `${name}.onnx`);
    trainer.dispose();
  });
});
