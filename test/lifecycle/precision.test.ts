// A trainer with precision: "bf16": it learns, repeats bit for bit, and evaluates, predicts and saves in float32.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import {
  ArgumentError,
  adam,
  conv2d,
  crossEntropy,
  datasets,
  dense,
  flatten,
  info,
  load,
  maxPool2d,
  type Precision,
  relu,
  sequential,
  softmax,
  Trainer,
} from "../../lib/index.js";

const { train, test } = datasets.digits({ train: 400, validation: 10, test: 100, seed: 3 });
const model = sequential(
  [1, 16, 16],
  [
    conv2d(8, { kernel: 3, stride: 2 }),
    relu(),
    conv2d(16, { kernel: 3 }),
    relu(),
    maxPool2d(2),
    flatten(),
    dense(32),
    relu(),
    dense(10),
    softmax(),
  ],
);
const loss = crossEntropy();

function trainerWith(precision: Precision, threads = 1): Trainer {
  return new Trainer(model, { loss, optimizer: adam({ learningRate: 0.003 }), seed: 5, threads, precision });
}

afterEach(() => vi.unstubAllEnvs());

it("learns as float32 does, with other numbers", async () => {
  using mixed = trainerWith("bf16");
  using plain = trainerWith("float32");
  const [found, expected] = await Promise.all(
    [mixed, plain].map(async (trainer) => {
      const { history } = await trainer.fit(train, { epochs: 6, batchSize: 20 });
      return { first: history[0]?.loss ?? 0, last: history.at(-1)?.loss ?? 0 };
    }),
  );
  expect(found!.first).toBeGreaterThan(1.5 * found!.last);
  expect(found!.last).not.toBe(expected!.last);
  expect(Math.abs(found!.last / expected!.last - 1)).toBeLessThan(0.2);
});

it("gives the same bits on any number of threads", async () => {
  const weights = [];
  for (const threads of [1, 2, 3]) {
    using trainer = trainerWith("bf16", threads);
    await trainer.fit(train, { epochs: 1, batchSize: 50 });
    weights.push(trainer.read("conv2d_2.weight").data);
  }
  expect(weights[1]).toEqual(weights[0]);
  expect(weights[2]).toEqual(weights[0]);
});

it("evaluates in float32, as the saved file does", async () => {
  using trainer = trainerWith("bf16");
  await trainer.fit(train, { epochs: 1 });
  const file = path.join(await mkdtemp(path.join(tmpdir(), "netwright-")), "model.safetensors");
  await trainer.save(file);
  using loaded = await load(file, { loss, threads: 2 });
  expect(await loaded.evaluate(test)).toEqual(await trainer.evaluate(test));
});

it("an unknown precision is refused with what there is", () => {
  expect(() => trainerWith("fp16" as Precision)).toThrow(ArgumentError);
  expect(() => trainerWith("fp16" as Precision)).toThrow(/"float32" or "bf16", found "fp16"/);
});

it("info says how it is computed here, and NETWRIGHT_BF16 leaves the instructions out", () => {
  expect(["amx", "avx512_bf16", "rounded"]).toContain(info().bf16);
  vi.stubEnv("NETWRIGHT_BF16", "rounded");
  expect(info().bf16).toBe("rounded");
});
