// Distorted training images in a trainer: the same for one seed, new ones each epoch, never for what is measured.
import { describe, expect, it } from "vitest";
import {
  adam,
  affine,
  type Affine,
  ArgumentError,
  conv2d,
  crossEntropy,
  Dataset,
  datasets,
  dense,
  flatten,
  maxPool2d,
  relu,
  sequential,
  sgd,
  softmax,
  Trainer,
} from "../../lib/index.js";
import { allWeights, bars, barTrainer, quadrants, quadrantTrainer } from "./problems.js";

const augment = affine({ rotation: 10, translation: 0.1, scale: 0.1, shear: 5, flip: true });

async function trained(options: { augment?: Affine; threads?: number; seed?: number } = {}) {
  using trainer = barTrainer({ threads: options.threads ?? 1, seed: options.seed ?? 5 });
  const { history } = await trainer.fit(bars(), {
    epochs: 3,
    batchSize: 7,
    ...(options.augment && { augment: options.augment }),
  });
  return { weights: allWeights(trainer), losses: history.map(({ loss }) => loss) };
}

describe("reproducible", () => {
  it("one seed gives the same bits with 1, 2 and 3 threads, other ones than without", async () => {
    const one = await trained({ augment });
    expect(await trained({ augment, threads: 2 })).toEqual(one);
    expect(await trained({ augment, threads: 3 })).toEqual(one);
    expect(one.losses).not.toEqual((await trained()).losses);
    expect(one.losses).not.toEqual((await trained({ augment, seed: 6 })).losses);
  });

  it("a second fit goes on with new distortions: two times two epochs are four", async () => {
    using once = barTrainer();
    using twice = barTrainer();
    await once.fit(bars(), { epochs: 4, batchSize: 9, augment });
    await twice.fit(bars(), { epochs: 2, batchSize: 9, augment });
    await twice.fit(bars(), { epochs: 2, batchSize: 9, augment });
    expect(allWeights(twice)).toEqual(allWeights(once));
  });

  it("an epoch that was aborted is not counted, and the trainer goes on", async () => {
    using trainer = barTrainer();
    const big = bars(20_000);
    const run = trainer.fit(big, { epochs: 100, batchSize: 4, augment, signal: AbortSignal.timeout(50) });
    expect((await run).stopped).toBe("aborted");
    expect((await trainer.fit(bars(), { epochs: 1, augment })).stopped).toBe("done");
  });

  it("an augmentation that came through JSON does the same", async () => {
    expect(await trained({ augment: JSON.parse(JSON.stringify(augment)) })).toEqual(await trained({ augment }));
  });
});

describe("training rows only", () => {
  // The learning rate is so small that no float32 weight changes: what differs between epochs is the data.
  const frozen = () => {
    const model = sequential([1, 8, 8], [conv2d(2, { kernel: 3 }), relu(), flatten(), dense(2), softmax()]);
    return new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ learningRate: 1e-30 }), seed: 4 });
  };

  it("every epoch sees other images, validation always the same", async () => {
    using trainer = frozen();
    const data = bars();
    const { loss } = await trainer.evaluate(data);
    const { history } = await trainer.fit(data, { epochs: 4, augment, validation: data });
    expect(new Set(history.map((epoch) => epoch.loss)).size).toBe(4);
    for (const epoch of history) {
      expect(epoch.validation?.loss).toBe(loss);
      expect(epoch.loss).not.toBeCloseTo(loss, 6);
    }
    expect((await trainer.evaluate(data)).loss).toBe(loss);
  });

  it("the images of the data set stay as they are", async () => {
    using trainer = barTrainer();
    const data = bars();
    const before = data.input.slice();
    await trainer.fit(data, { epochs: 1, augment });
    expect(data.input).toEqual(before);
  });

  it("what is outside counts: another fill gives another loss, background is the median along the edges", async () => {
    const data = bars();
    const loss = async (fill: "background" | "edge" | number) => {
      using trainer = frozen();
      const { history } = await trainer.fit(data, { epochs: 1, augment: affine({ translation: 0.5, fill }) });
      return history[0]?.loss;
    };
    const edge: number[] = [];
    for (const [i, value] of data.input.entries())
      if ([0, 7].includes(i % 8) || [0, 7].includes(Math.floor(i / 8) % 8)) edge.push(value);
    edge.sort((a, b) => a - b);
    expect(await loss("background")).toBe(await loss(edge[edge.length / 2 - 1] as number));
    expect(await loss("background")).not.toBe(await loss("edge"));
    expect(await loss(-1)).not.toBe(await loss(1));
  });
});

it("a model that was trained on moved digits tells moved digits better, and others too", async () => {
  const { train, test } = datasets.digits({ train: 400, test: 200 });
  const input = test.input.map((_, i) =>
    i % 16 >= 2 && Math.floor(i / 16) % 16 >= 1 ? (test.input[i - 18] as number) : 0,
  );
  const { inputShape, target, classes } = test;
  const moved = Dataset.from({ input, inputShape, target: target as Int32Array, classes: classes as string[] });
  const accuracies = async (given: Affine | undefined) => {
    const layers = [conv2d(8, { kernel: 3 }), relu(), maxPool2d(2), flatten(), dense(10), softmax()] as const;
    using trainer = new Trainer(sequential([1, 16, 16], [...layers]), {
      loss: crossEntropy(),
      optimizer: adam({ learningRate: 0.005 }),
      seed: 1,
    });
    await trainer.fit(train, { epochs: 40, batchSize: 20, ...(given && { augment: given }) });
    const figures = [await trainer.evaluate(test), await trainer.evaluate(moved)];
    return figures.map(({ metrics }) => metrics.accuracy as number) as [number, number];
  };
  const plain = await accuracies(undefined);
  const distorted = await accuracies(affine({ rotation: 10, translation: 0.1, scale: 0.1 }));
  expect(distorted[0]).toBeGreaterThan(plain[0]);
  expect(distorted[1]).toBeGreaterThan(plain[1] + 0.1);
});

describe("refused", () => {
  it("data that are no images", () => {
    using trainer = quadrantTrainer();
    expect(() => trainer.fit(quadrants(), { augment })).toThrow(ArgumentError);
    expect(() => trainer.fit(quadrants(), { augment })).toThrow(
      /augment: affine\(\) distorts images \[channels, height, width\], the training data have rows of shape \[2\]/,
    );
  });

  it("what affine() did not make, and a fill for other channels", () => {
    using trainer = barTrainer();
    for (const wrong of [{ rotation: 10 }, affine, "affine", true])
      expect(() => trainer.fit(bars(), { augment: wrong as unknown as Affine })).toThrow(/augment: expected affine\(/);
    expect(() => trainer.fit(bars(), { augment: affine({ rotation: 5, fill: [0, 0, 0] }) })).toThrow(
      /fill has 3 numbers, the training data 1 channels/,
    );
    expect(() => trainer.fit(bars(), { augment: { ...augment, rotation: -3 } })).toThrow(/rotation must be/);
  });

  it("nothing is started by a call that was refused", async () => {
    using trainer = barTrainer();
    expect(() => trainer.fit(bars(), { augment: "none" as unknown as Affine })).toThrow(ArgumentError);
    expect((await trainer.fit(bars(), { epochs: 1 })).stopped).toBe("done");
    expect(trainer.epochsTrained).toBe(1);
  });
});
