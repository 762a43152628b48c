// Forecasts of trainings that are real: nothing of them is recorded, and more epochs cost more.
import { expect, it } from "vitest";
import { forecast } from "../../lib/search/forecast.js";
import type { Trial } from "../../lib/search/trial.js";
import { memoryJournal } from "../../lib/search/storage/memory.js";
import { createStudy } from "../../lib/search/study.js";
import { random } from "../../lib/search/samplers/index.js";
import { asha } from "../../lib/search/pruners/index.js";
import { quadrants, quadrantTrainer } from "./problems.js";

const train = quadrants(200, 1);
const validation = quadrants(100, 2);

const objective = (epochs: number) => async (trial: Trial) => {
  const batchSize = trial.int("batchSize", 8, 64, { log: true });
  const { best } = await trial.fit(quadrantTrainer(), train, { epochs, batchSize, validation });
  return best.validation.loss;
};

it("is positive, grows with the epochs, and leaves the journal alone", async () => {
  const journal = memoryJournal();
  await using study = await createStudy(journal, { sampler: random({ seed: 1 }), pruner: asha({ minResource: 1 }) });
  const before = await journal.read(0);
  const options = { trials: 20, grid: { batchSize: [8, 16, 64] }, probes: 3 } as const;
  const few = await forecast(study, objective(20), options);
  const many = await forecast(study, objective(20_000), options);
  expect(few.probes).toBe(6);
  expect(few.grid!.milliseconds).toBeGreaterThan(0);
  expect(many.grid!.milliseconds).toBeGreaterThan(10 * few.grid!.milliseconds);
  for (const { trials } of [few, many]) {
    expect(trials!.interval[0]).toBeGreaterThan(0);
    expect(trials!.interval[0]).toBeLessThanOrEqual(trials!.milliseconds);
    expect(trials!.interval[1]).toBeGreaterThanOrEqual(trials!.milliseconds);
  }
  await study.journal.flush();
  expect(await journal.read(0)).toEqual(before);
  expect(study.trials).toEqual([]);
});

it("says why when every training runs away", async () => {
  await using study = await createStudy();
  const runaway = forecast(
    study,
    async (trial) => {
      const trainer = quadrantTrainer();
      const { name, shape } = trainer.weights()[0]!;
      trainer.write(name, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(Number.MAX_VALUE));
      return (await trial.fit(trainer, train, { epochs: 5 })).best.loss;
    },
    { trials: 2, probes: 2 },
  );
  await expect(runaway).rejects.toThrow(/all 2 probes failed/);
});
