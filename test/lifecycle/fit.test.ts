// What a run does: records, results, ends, and what continues from one to the next.
import { describe, expect, it } from "vitest";
import {
  ArgumentError,
  batchNorm,
  Dataset,
  DataError,
  dense,
  mse,
  NonFiniteError,
  oneCycle,
  relu,
  type ScheduleMoment,
  sequential,
  sgd,
  softmax,
  Trainer,
} from "../../lib/index.js";
import { allWeights, bars, barTrainer, noise, quadrants, quadrantTrainer } from "./problems.js";

const train = quadrants(200, 1);
const validation = quadrants(100, 2);

describe("records", () => {
  it("come one for each epoch, iterated or awaited, and training learns", async () => {
    using trainer = quadrantTrainer();
    const run = trainer.fit(train, { epochs: 40, batchSize: 16, validation });
    const seen = [];
    for await (const epoch of run) seen.push(epoch);
    const result = await run;
    expect(seen).toEqual(result.history);
    expect(seen.map((record) => record.epoch)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(result.stopped).toBe("done");
    const last = seen[39];
    expect(last?.validation?.metrics.accuracy).toBeGreaterThan(0.9);
    expect(last?.loss).toBeLessThan(seen[0]?.loss as number);
    expect(last?.learningRate).toBe(0.02);
    expect(Object.keys(last ?? {}).sort()).toEqual([
      "epoch",
      "learningRate",
      "loss",
      "metrics",
      "seconds",
      "validation",
    ]);
  });

  it("best is the epoch with the smallest validation loss, or the largest accuracy on request", async () => {
    using trainer = quadrantTrainer();
    const { history, best } = await trainer.fit(train, { epochs: 15, validation });
    expect(best?.validation?.loss).toBe(Math.min(...history.map((record) => record.validation?.loss as number)));
    const other = await trainer.fit(train, { epochs: 5, validation, monitor: "accuracy" });
    expect(other.best?.validation?.metrics.accuracy).toBe(
      Math.max(...other.history.map((record) => record.validation?.metrics.accuracy as number)),
    );
    expect(other.history[0]?.epoch).toBe(16);
  });

  it("validation figures are those of evaluate", async () => {
    using trainer = barTrainer();
    const { history } = await trainer.fit(bars(), { epochs: 2, batchSize: 10, validation: bars(40, 9) });
    expect(await trainer.evaluate(bars(40, 9))).toEqual(history[1]?.validation);
    const small = await trainer.evaluate(bars(40, 9), { batchSize: 7 });
    expect(small.loss).toBeCloseTo(history[1]?.validation?.loss as number, 6);
    expect(small.metrics.accuracy).toBeCloseTo(history[1]?.validation?.metrics.accuracy as number, 6);
  });
});

describe("ends", () => {
  it("break ends the run with the history so far", async () => {
    using trainer = quadrantTrainer();
    const run = trainer.fit(train, { epochs: 10_000 });
    for await (const epoch of run) if (epoch.epoch === 3) break;
    const result = await run;
    expect(result.stopped).toBe("aborted");
    expect(result.history.length).toBeGreaterThanOrEqual(3);
    expect((await trainer.fit(train, { epochs: 1 })).stopped).toBe("done");
  });

  it("ticks come during short epochs too", async () => {
    using trainer = quadrantTrainer();
    let ticks = 0;
    const run = trainer.fit(train, { epochs: 100_000, onTick: () => ++ticks === 2 && run.abort() });
    expect((await run).stopped).toBe("aborted");
    expect(ticks).toBe(2);
  });

  it("leaving the loop, or aborting in it, keeps the weights of the epoch that was seen", async () => {
    using stopped = quadrantTrainer();
    await stopped.fit(train, { epochs: 3 });
    for (const leave of ["break", "abort"]) {
      using trainer = quadrantTrainer();
      const run = trainer.fit(train, { epochs: 1000 });
      for await (const { epoch } of run) {
        if (epoch < 3) continue;
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (leave === "break") break;
        run.abort();
      }
      expect((await run).history).toHaveLength(3);
      expect(allWeights(trainer)).toEqual(allWeights(stopped));
    }
  });

  it("a run that is awaited does not wait for a loop that was given up", async () => {
    using trainer = quadrantTrainer();
    const run = trainer.fit(train, { epochs: 5 });
    await run[Symbol.asyncIterator]().next();
    expect((await run).history).toHaveLength(5);
  });

  it("an AbortSignal ends it, before the start and in the middle of an epoch", async () => {
    using trainer = barTrainer();
    expect(await trainer.fit(bars(), { signal: AbortSignal.abort() })).toEqual({
      history: [],
      best: undefined,
      stopped: "aborted",
    });
    const big = bars(20_000);
    const begin = performance.now();
    const result = await trainer.fit(big, { epochs: 100, batchSize: 4, signal: AbortSignal.timeout(50) });
    expect(result.stopped).toBe("aborted");
    expect(result.history.length).toBeLessThan(100);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it("early stopping stops and puts the best weights back", async () => {
    using trainer = quadrantTrainer({ optimizer: sgd({ learningRate: 3 }) });
    const { history, best, stopped } = await trainer.fit(train, {
      epochs: 500,
      validation,
      earlyStopping: { patience: 3 },
    });
    expect(stopped).toBe("early");
    expect(history.length).toBe((best?.epoch as number) + 3);
    expect(await trainer.evaluate(validation)).toEqual(best?.validation);
  });

  it("keepBest puts the best weights back at the end", async () => {
    using trainer = quadrantTrainer({ optimizer: sgd({ learningRate: 2 }) });
    const { best } = await trainer.fit(train, { epochs: 12, validation, keepBest: true });
    expect(await trainer.evaluate(validation)).toEqual(best?.validation);
  });

  it("numbers that run away stop at that step, with the layer, the remedy and the good weights", async () => {
    const rows = 64;
    const input = noise(rows * 3, 4).map((value) => value * 1000);
    const data = Dataset.from({
      input,
      inputShape: [3],
      target: Array.from({ length: rows }, (_, i) => 200_000 + 1000 * i),
    });
    using trainer = new Trainer(sequential([3], [dense(8), dense(1)]), {
      loss: mse(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const error = await trainer.fit(data, { epochs: 50, batchSize: 16 }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NonFiniteError);
    const { message, layer, step, history } = error as NonFiniteError;
    expect(message).toMatch(/step \d+/);
    expect(message).toContain("learning rate");
    expect(message).toContain("standardize");
    expect(layer).not.toBe("");
    expect(step).toBeGreaterThan(0);
    expect(history).toHaveLength(Math.floor(step / (rows / 16)));
    for (const values of Object.values(allWeights(trainer))) expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe("reproducible", () => {
  it("one seed gives the same bits with 1, 2 and 3 threads", async () => {
    const results = [];
    for (const threads of [1, 2, 3]) {
      using trainer = barTrainer({ threads });
      const { history } = await trainer.fit(bars(), { epochs: 3, batchSize: 7 });
      results.push({ weights: allWeights(trainer), losses: history.map((record) => record.loss) });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it("another seed gives other weights", () => {
    using first = barTrainer();
    using second = barTrainer({ seed: 6 });
    expect(allWeights(first)).not.toEqual(allWeights(second));
  });

  it("a second fit continues: two times two epochs are four", async () => {
    using once = barTrainer();
    using twice = barTrainer();
    await once.fit(bars(), { epochs: 4, batchSize: 9 });
    await twice.fit(bars(), { epochs: 2, batchSize: 9 });
    await twice.fit(bars(), { epochs: 2, batchSize: 9 });
    expect(allWeights(twice)).toEqual(allWeights(once));
  });

  it("step() takes the same step as fit() does", async () => {
    using fitted = quadrantTrainer();
    using stepped = quadrantTrainer();
    const rows = train.slice(0, 32);
    const { history } = await fitted.fit(rows, { epochs: 1, batchSize: 32, shuffle: false });
    const figures = await stepped.step(rows);
    expect(figures.loss).toBeCloseTo(history[0]?.loss as number, 6);
    expect(allWeights(stepped)).toEqual(allWeights(fitted));
  });
});

describe("a schedule", () => {
  const optimizer = sgd({ learningRate: 0.5 });
  const steps = Math.ceil(train.rows / 32);

  it("scales the learning rate of every step", async () => {
    using half = quadrantTrainer({ optimizer: sgd({ learningRate: 0.25 }) });
    using scheduled = quadrantTrainer({ optimizer });
    await half.fit(train, { epochs: 2 });
    await scheduled.fit(train, { epochs: 2, schedule: () => 0.5 });
    expect(allWeights(scheduled)).toEqual(allWeights(half));
  });

  it("can hold still from some step on", async () => {
    using short = quadrantTrainer({ optimizer });
    using held = quadrantTrainer({ optimizer });
    await short.fit(train.slice(0, 96), { epochs: 1, shuffle: false });
    await held.fit(train, { epochs: 2, shuffle: false, schedule: ({ step }) => (step < 3 ? 1 : 0) });
    expect(allWeights(held)).toEqual(allWeights(short));
  });

  it("is reported as the rate of the epoch's last step, and begins anew with each call", async () => {
    using trainer = quadrantTrainer({ optimizer });
    const schedule = ({ step, steps }: ScheduleMoment) => step / steps;
    const expected = [1, 2, 3].map((epoch) => (0.5 * (epoch * steps - 1)) / (3 * steps));
    for (let run = 0; run < 2; run++) {
      const { history } = await trainer.fit(train, { epochs: 3, schedule });
      expect(history.map(({ learningRate }) => learningRate)).toEqual(expected.map((rate) => expect.closeTo(rate, 12)));
    }
    expect((await trainer.fit(train, { epochs: 1 })).history[0]?.learningRate).toBe(0.5);
  });

  it("that gives no rate rejects with its name and step, before that epoch, and the trainer goes on", async () => {
    using trainer = quadrantTrainer({ optimizer });
    using whole = quadrantTrainer({ optimizer });
    const broken = ({ step }: ScheduleMoment) => (step === steps + 1 ? Number.NaN : 1);
    const found = `schedule broken.*found NaN for step ${steps + 1} of ${3 * steps}`;
    await expect(trainer.fit(train, { epochs: 3, schedule: broken })).rejects.toThrow(new RegExp(found));
    await whole.fit(train, { epochs: 1 });
    expect(trainer.epochsTrained).toBe(1);
    expect(allWeights(trainer)).toEqual(allWeights(whole));
    expect(() => trainer.fit(train, { schedule: 0.1 as never })).toThrow(/schedule: expected a function, found 0.1/);
    expect((await trainer.fit(train, { epochs: 1, schedule: oneCycle() })).stopped).toBe("done");
  });
});

describe("wrong calls", () => {
  it.each([
    [
      "a shape that does not fit",
      () => Dataset.from({ input: [[1, 2, 3]], target: ["same"], classes: ["different", "same"] }),
      /shape \[3\].*\[2\]/,
    ],
    ["no targets", () => Dataset.from({ input: [[1, 2]] }), /no targets/],
    ["another number of classes", () => Dataset.from({ input: [[1, 2]], target: [2], classes: 3 }), /3/],
  ])("%s", async (_, data, message) => {
    using trainer = quadrantTrainer();
    await expect(trainer.fit(data(), { epochs: 1 })).rejects.toThrow(message);
  });

  it("other class names than before", async () => {
    using trainer = quadrantTrainer();
    await trainer.fit(train, { epochs: 1 });
    const other = Dataset.from({ input: [[1, 2]], target: ["a"], classes: ["a", "b"] });
    await expect(trainer.fit(other, { epochs: 1 })).rejects.toThrow(DataError);
    await expect(trainer.evaluate(other)).rejects.toThrow(DataError);
  });

  it("options that do not exist or make no sense", async () => {
    using trainer = quadrantTrainer();
    expect(() => trainer.fit(train, { epoch: 3 } as object)).toThrow(/no option "epoch"/);
    expect(() => trainer.fit(train, { batchSize: 0 })).toThrow(ArgumentError);
    expect(() => trainer.fit(train, { epochs: 1.5 })).toThrow(ArgumentError);
    await expect(trainer.fit(train, { monitor: "rmse" })).rejects.toThrow(/monitor "rmse"/);
    expect(() => new Trainer(trainer.model, { optimiser: 1 } as object)).toThrow(/no option "optimiser"/);
    using bare = new Trainer(trainer.model);
    await expect(bare.fit(train)).rejects.toThrow(/no loss and no optimizer/);
    expect((await bare.predict([[1, 2]])).probabilities?.shape).toEqual([1, 2]);
  });

  it("a single row in front of batch norm is refused before the first step, with the remedy", async () => {
    using trainer = new Trainer(sequential([2], [dense(4), batchNorm(), relu(), dense(2), softmax()]), {
      loss: mse(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const data = quadrants(33);
    await expect(trainer.fit(data, { epochs: 1, batchSize: 1 })).rejects.toThrow(/batch_norm_1.*dropLast/s);
    await expect(trainer.fit(data, { epochs: 1, batchSize: 32 })).rejects.toThrow(/batch_norm_1.*dropLast/s);
    expect((await trainer.fit(data, { epochs: 1, batchSize: 32, dropLast: true })).stopped).toBe("done");
  });
});
