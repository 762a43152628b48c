// Every method of the trainer in every state: idle, running, disposed.
import { describe, expect, it } from "vitest";
import { BusyError, DisposedError, type Trainer } from "../../lib/index.js";
import { quadrants, quadrantTrainer } from "./problems.js";

const data = quadrants();
const methods: Record<string, (trainer: Trainer) => unknown> = {
  fit: (trainer) => trainer.fit(data, { epochs: 1 }),
  step: (trainer) => trainer.step(data),
  evaluate: (trainer) => trainer.evaluate(data),
  predict: (trainer) => trainer.predict([[0, 1]]),
  weights: (trainer) => trainer.weights(),
  read: (trainer) => trainer.read("dense_1.weight"),
  write: (trainer) => trainer.write("dense_1.bias", new Float32Array(16)),
  save: (trainer) => trainer.save("/dev/null"),
  exportOnnx: (trainer) => trainer.exportOnnx("/dev/null"),
  summary: (trainer) => trainer.summary(),
};

/** The error of a call that throws or rejects, undefined when it succeeds. */
async function failure(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(Object.keys(methods))("%s", (name) => {
  const call = methods[name] as (trainer: Trainer) => unknown;

  it("works when nothing runs", async () => {
    if (name === "save" || name === "exportOnnx") return; // their files are tested with the formats
    using trainer = quadrantTrainer();
    expect(await failure(() => call(trainer))).toBeUndefined();
  });

  it("throws BusyError with the remedy while the trainer runs", async () => {
    using trainer = quadrantTrainer();
    const run = trainer.fit(data, { epochs: 5 });
    const error = await failure(() => call(trainer));
    expect(error).toBeInstanceOf(BusyError);
    expect((error as Error).message).toContain("await it first");
    expect((await run).history).toHaveLength(5);
  });

  it("throws DisposedError after dispose", async () => {
    const trainer = quadrantTrainer();
    trainer.dispose();
    expect(await failure(() => call(trainer))).toBeInstanceOf(DisposedError);
  });
});

it("dispose may be called again, and while a run is going on", async () => {
  const trainer = quadrantTrainer();
  const run = trainer.fit(data, { epochs: 100_000 });
  for await (const epoch of run) if (epoch.epoch === 2) break;
  trainer.dispose();
  trainer.dispose();
  expect((await run).stopped).toBe("aborted");

  const other = quadrantTrainer();
  const unfinished = other.fit(data, { epochs: 100_000 });
  for await (const epoch of unfinished) if (epoch.epoch === 1) other.dispose();
  const { history, stopped } = await unfinished;
  expect(stopped).toBe("aborted");
  expect(history.length).toBeGreaterThan(0);
});

describe("inside the loop over the epochs", () => {
  it("the other methods work, on the weights of the epoch that is seen, and change nothing", async () => {
    using watched = quadrantTrainer();
    using alone = quadrantTrainer();
    const seen: unknown[] = [];
    const { history } = await alone.fit(data, { epochs: 3, validation: data });
    const run = watched.fit(data, { epochs: 3, validation: data });
    for await (const epoch of run) {
      const [figures, prediction] = [await watched.evaluate(data), await watched.predict([[1, 2]])];
      expect(figures).toEqual(epoch.validation);
      expect(prediction.probabilities?.shape).toEqual([1, 2]);
      expect(watched.read("dense_1.bias").shape).toEqual([16]);
      expect(watched.summary()).toContain("dense_1");
      expect(await failure(() => watched.fit(data))).toBeInstanceOf(BusyError);
      seen.push(epoch.loss);
    }
    expect(seen).toEqual(history.map((record) => record.loss));
  });

  it("two at once are refused, and leaving the loop with one unfinished lets it finish", async () => {
    using trainer = quadrantTrainer();
    let unfinished: Promise<unknown> | undefined;
    const run = trainer.fit(data, { epochs: 100 });
    for await (const _ of run) {
      unfinished = trainer.evaluate(data);
      expect(await failure(() => trainer.evaluate(data))).toBeInstanceOf(BusyError);
      break;
    }
    expect(await unfinished).toHaveProperty("loss");
    expect((await run).stopped).toBe("aborted");
    expect((await trainer.fit(data, { epochs: 1 })).stopped).toBe("done");
  });
});
