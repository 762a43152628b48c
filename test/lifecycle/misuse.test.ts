// Calls that cannot work: each gets an error that names the thing and the remedy, and the trainer goes on.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  ArgumentError,
  adam,
  conv2d,
  DataError,
  Dataset,
  datasets,
  dense,
  gaussianNll,
  info,
  load,
  mse,
  ShapeError,
  sequential,
  softmax,
  standardize,
  Trainer,
} from "../../lib/index.js";
import { noise, quadrants, quadrantTrainer } from "./problems.js";

const train = quadrants();
const oneHot = Dataset.from({
  input: train.input,
  inputShape: [2],
  target: Array.from(train.target ?? [], (label) => [label === 0 ? 1 : 0, label === 1 ? 1 : 0]),
});

describe("fit", () => {
  it("refuses a signal that is none, and does not stay busy", async () => {
    using trainer = quadrantTrainer();
    expect(() => trainer.fit(train, { signal: {} as AbortSignal })).toThrow(/signal: expected an AbortSignal/);
    expect((await trainer.fit(train, { epochs: 1 })).stopped).toBe("done");
  });

  it("refuses options of another type, and early stopping's typing errors", () => {
    using trainer = quadrantTrainer();
    for (const options of [{ onTick: 3 }, { shuffle: "no" }, { dropLast: 1 }, { earlyStopping: null }, null])
      expect(() => trainer.fit(train, options as object)).toThrow(ArgumentError);
    const earlyStopping = { patience: 3, mindelta: 1 } as object as { patience: number };
    expect(() => trainer.fit(train, { earlyStopping })).toThrow(/earlyStopping has no option "mindelta"/);
    expect(() => trainer.fit(undefined as unknown as Dataset)).toThrow(/training data: expected a Dataset/);
  });

  it("a callback that throws ends the run with its error, and the trainer goes on", async () => {
    using trainer = quadrantTrainer();
    const onTick = () => {
      throw new Error("from the callback");
    };
    await expect(trainer.fit(train, { epochs: 100_000, onTick })).rejects.toThrow("from the callback");
    expect((await trainer.fit(train, { epochs: 1 })).stopped).toBe("done");
  });

  it("refuses validation targets of another kind than the training's, before the first step", async () => {
    using trainer = quadrantTrainer();
    await expect(trainer.fit(train, { epochs: 2, validation: oneHot })).rejects.toThrow(
      /validation data: its targets are numbers of shape \[2\], those of the training data labels of 2 classes/,
    );
    expect(trainer.epochsTrained).toBe(0);
    expect((await trainer.fit(train, { epochs: 1 })).stopped).toBe("done");
  });

  it("refuses validation classes of other names than the training's, before the first step", async () => {
    using trainer = quadrantTrainer();
    const validation = Dataset.from({ input: [[1, 2]], target: ["b"], classes: ["a", "b"] });
    await expect(trainer.fit(train, { epochs: 2, validation })).rejects.toThrow(DataError);
    expect(trainer.epochsTrained).toBe(0);
  });

  it("a fit that could not begin does not fit the scaling", async () => {
    const targets = new Float32Array(50).fill(1e6);
    const wrong = Dataset.from({ input: noise(100), inputShape: [2], target: targets });
    using trainer = new Trainer(sequential([2], [dense(1)]), {
      loss: mse(),
      optimizer: adam(),
      standardizeTargets: true,
    });
    await expect(trainer.fit(wrong, { monitor: "accuracy" })).rejects.toThrow(/monitor "accuracy" is not measured/);
    expect([...trainer.read("target.mean").data]).toEqual([0]);
  });

  it("says what labels without classes want", async () => {
    using trainer = quadrantTrainer();
    const labels = Dataset.from({ input: train.input, inputShape: [2], target: train.target as Int32Array });
    await expect(trainer.fit(labels)).rejects.toThrow(/give Dataset.from `classes` when they are labels/);
  });
});

it("nested rows of another order of dimensions are refused, dimensions of 1 may be left out", async () => {
  const channelsLast = [[[[1, 2, 3]], [[4, 5, 6]]]];
  expect(() => Dataset.from({ input: channelsLast, inputShape: [3, 2, 1] })).toThrow(/images are \[channels, height/);
  expect(Dataset.from({ input: [[[1, 2]], [[3, 4]]], inputShape: [1, 1, 2] }).rows).toBe(2);
  expect(Dataset.from({ input: [[1, 2, 3, 4, 5, 6]], inputShape: [3, 2, 1] }).rows).toBe(1);
  expect(Dataset.from({ input: [Float64Array.of(1, 2), Float64Array.of(3, 4)] }).inputShape).toEqual([2]);
});

it("a list that holds itself is refused", () => {
  const list: unknown[] = [];
  list.push(list);
  expect(() => Dataset.from({ input: list as number[] })).toThrow(/nested more than 8 deep/);
});

it("step refuses what is no data set", async () => {
  using trainer = quadrantTrainer();
  await expect(trainer.step(undefined as unknown as Dataset)).rejects.toThrow(/expected a Dataset/);
});

it("write refuses numbers that are not finite", () => {
  using trainer = quadrantTrainer();
  expect(() => trainer.write("dense_2.bias", [0, Number.NaN])).toThrow(/write "dense_2.bias": element 1 is NaN/);
  expect(() => trainer.write("dense_2.bias", undefined as unknown as number[])).toThrow(ArgumentError);
  expect([...trainer.read("dense_2.bias").data].every(Number.isFinite)).toBe(true);
});

it("a trainer wants a model", () => {
  expect(() => new Trainer([dense(3)] as unknown as Trainer["model"])).toThrow(/expected a model such as sequential/);
});

it("standardizeTargets scales images per channel", async () => {
  const images = noise(20 * 36).map((value) => 100 + 20 * value);
  const target = Array.from({ length: 20 }, (_, row) => [
    Array.from({ length: 6 }, (_, y) => [...images.subarray(row * 36 + 6 * y, row * 36 + 6 * y + 6)]),
  ]);
  using trainer = new Trainer(sequential([1, 6, 6], [conv2d(1, { kernel: 3, padding: "same" })]), {
    loss: mse(),
    optimizer: adam(),
    standardizeTargets: true,
  });
  await trainer.fit(Dataset.from({ input: images, inputShape: [1, 6, 6], target }), { epochs: 1 });
  expect(trainer.read("target.mean").data[0]).toBeCloseTo(100, -1);
});

it("load blames options, not the file, for options that cannot be used", async () => {
  const file = path.join(await mkdtemp(path.join(tmpdir(), "netwright-")), "model.safetensors");
  using trainer = quadrantTrainer();
  await trainer.save(file);
  await expect(load(file, { seed: -1 })).rejects.toThrow(ArgumentError);
  await expect(load(file, { loss: gaussianNll() })).rejects.toThrow(ShapeError);
  await expect(load(file, { instructionSet: "none" })).rejects.toThrow(ArgumentError);
});

describe("typing errors in options", () => {
  it.each<[string, () => unknown]>([
    ["Dataset.from", () => Dataset.from({ input: [[1]], targets: [1] } as object as { input: number[][] })],
    ["split", () => train.split({ a: 0.5, b: 0.5 }, { stratified: true } as object)],
    ["digits", () => datasets.digits({ tran: 10 } as object)],
    ["syntheticHouses", () => datasets.syntheticHouses({ tran: 10 } as object)],
    ["csv", () => datasets.csv(new TextEncoder().encode("a,y\n1,2\n"), { targets: "y" } as object)],
    ["summary", () => quadrantTrainer().summary({ batch: 3 } as object)],
  ])("%s", async (name, call) => {
    await expect((async () => call())()).rejects.toThrow(new RegExp(`${name} has no option`));
  });

  it("classes that are neither names nor a whole number", () => {
    for (const classes of [2.5, true, "ab", 1e10, [1, 2]])
      expect(() => Dataset.from({ input: [[1]], target: [0], classes: classes as number })).toThrow(ArgumentError);
  });
});

describe("environment", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ["NETWRIGHT_ISA", "sse9"],
    ["NETWRIGHT_BLAS", "fast"],
    ["NETWRIGHT_BF16", "fp8"],
    ["NETWRIGHT_THREADS", "many"],
  ])("%s=%s is an ArgumentError", (name, value) => {
    vi.stubEnv(name, value);
    expect(() => info()).toThrow(ArgumentError);
    expect(() => new Trainer(sequential([2], [dense(2), softmax()]))).toThrow(value);
  });
});

describe("scaling by hand", () => {
  const scaled = sequential([2], [standardize(), dense(2), softmax()]);

  it("is kept by the first fit, and must be possible", async () => {
    using trainer = new Trainer(scaled, { loss: mse(), optimizer: adam() });
    expect(() => trainer.write("standardize_1.deviation", [1, 0])).toThrow(/deviation.*positive/);
    trainer.write("standardize_1.mean", [5, 6]);
    await trainer.fit(train, { epochs: 1 });
    expect([...trainer.read("standardize_1.mean").data]).toEqual([5, 6]);
  });

  it("is fitted where nobody set it", async () => {
    using trainer = new Trainer(scaled, { loss: mse(), optimizer: adam() });
    await trainer.fit(train, { epochs: 1 });
    const mean = train.input.reduce((sum, value, i) => (i % 2 === 0 ? sum + value : sum), 0) / train.rows;
    expect(trainer.read("standardize_1.mean").data[0]).toBeCloseTo(mean, 6);
  });
});

it("flat targets take a shape", async () => {
  const image = { input: noise(5 * 36), inputShape: [1, 6, 6], target: noise(5 * 36) };
  const data = Dataset.from({ ...image, targetShape: [1, 6, 6] });
  using trainer = new Trainer(sequential([1, 6, 6], [conv2d(1, { kernel: 3, padding: "same" })]), {
    loss: mse(),
    optimizer: adam(),
  });
  expect((await trainer.fit(data, { epochs: 2 })).stopped).toBe("done");
  expect(() => Dataset.from({ ...image, targetShape: [2, 6, 6] })).toThrow(/36 numbers a row.*\[2, 6, 6\]/);
});
