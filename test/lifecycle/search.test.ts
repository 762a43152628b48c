// A search with real trainers: trial.fit reports, prunes, frees, survives divergence; the best network is trained again.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  createStudy,
  Dataset,
  dense,
  failureOf,
  mse,
  noPruner,
  type TrialParameters,
  type Pruner,
  random,
  relu,
  sequential,
  sgd,
  type Study,
  type StudyOptions,
  Trainer,
  type Trial,
} from "../../lib/index.js";
import { quadrants, quadrantTrainer } from "./problems.js";

const train = quadrants(200, 1);
const validation = quadrants(100, 2);

async function study(options: StudyOptions): Promise<Study> {
  const made = await createStudy(undefined, { sampler: random({ seed: 1 }), pruner: noPruner(), ...options });
  onTestFinished(() => made.close());
  return made;
}

it("trial.fit reports the validation figure of every epoch, returns the best and frees the trainer", async () => {
  const made = await study({ direction: "maximize" });
  const trainers: Trainer[] = [];
  await made.optimize(
    async (trial) => {
      const trainer = quadrantTrainer({ seed: trial.int("seed", 0, 9) });
      trainers.push(trainer);
      const { best, history } = await trial.fit(trainer, train, { epochs: 5, validation });
      expect(history.map(({ validation }) => validation.metrics.accuracy)).toEqual([...trial.record.reports.values()]);
      return best.validation.metrics.accuracy as number;
    },
    { trials: 3 },
  );
  for (const trial of made.trials) {
    expect(trial.state).toBe("complete");
    expect([...trial.reports.keys()]).toEqual([1, 2, 3, 4, 5]);
    expect(trial.values?.[0]).toBe(Math.max(...trial.reports.values()));
  }
  for (const trainer of trainers) expect(() => trainer.weights()).toThrow(/disposed/);
});

it("a study that minimizes watches the loss, and another figure on request", async () => {
  const made = await study({ direction: "minimize" });
  await made.optimize(
    async (trial) => {
      const { best } = await trial.fit(quadrantTrainer(), train, { epochs: 2, validation });
      expect([...trial.record.reports.values()].at(-1)).toBe(best.validation.loss);
      return best.validation.loss;
    },
    { trials: 1 },
  );
  await made.optimize(
    async (trial) => {
      const fitted = await trial.fit(quadrantTrainer(), train, {
        epochs: 2,
        validation,
        monitor: "accuracy",
        mode: "max",
      });
      const accuracies = fitted.history.map(({ validation }) => validation.metrics.accuracy);
      expect([...trial.record.reports.values()]).toEqual(accuracies);
      return 1 - (fitted.best.validation.metrics.accuracy as number);
    },
    { trials: 1 },
  );
  expect(made.trials.map(({ state }) => state)).toEqual(["complete", "complete"]);
});

it("a pruner ends the training at its epoch, and the trainer is freed", async () => {
  const third: Pruner = { name: "third", prune: (_, trial) => trial.reports.size === 3 };
  const made = await study({ pruner: third });
  let trainer: Trainer | undefined;
  await made.optimize(
    async (trial) => {
      trainer = quadrantTrainer();
      await trial.fit(trainer, train, { epochs: 50, validation });
      return 0;
    },
    { trials: 1 },
  );
  expect(made.trials[0]).toMatchObject({ state: "pruned" });
  expect(made.trials[0]?.reports.size).toBe(3);
  expect(made.trials[0]?.values).toEqual([made.trials[0]?.reports.get(3)]);
  expect(trainer?.epochsTrained).toBe(3);
  expect(() => trainer?.weights()).toThrow(/disposed/);
});

it("a trial that a pruner gives up after its last epoch is complete: nothing is saved any more", async () => {
  const last: Pruner = { name: "last", prune: (_, trial) => trial.reports.size === 2 };
  const made = await study({ pruner: last });
  const objective = (epochs: number) => async (trial: Trial) =>
    (await trial.fit(quadrantTrainer(), train, { epochs, validation })).best.validation.loss;
  await made.optimize(objective(2), { trials: 1 });
  await made.optimize(objective(3), { trials: 1 });
  expect(made.trials.map(({ state }) => state)).toEqual(["complete", "pruned"]);
});

it("numbers that run away make a failed trial with the layer in its reason, and the study goes on", async () => {
  const made = await study({});
  const data = Dataset.from({ input: [[1], [1000]], target: [[1], [2000]] });
  await made.optimize(
    async (trial) => {
      const learningRate = trial.categorical("learningRate", [1e6, 1e-9]);
      const model = sequential([1], [dense(8), relu(), dense(1)]);
      const trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ learningRate }) });
      return (await trial.fit(trainer, data, { epochs: 20 })).best.loss;
    },
    { trials: 12 },
  );
  for (const trial of made.trials)
    if (trial.parameters.learningRate === 1e6) {
      expect(trial.state).toBe("failed");
      expect(failureOf(trial)).toMatchObject({ kind: "diverged" });
      expect(failureOf(trial)?.message).toMatch(/dense_\d|loss/);
    } else expect(trial.state).toBe("complete");
  expect(new Set(made.trials.map(({ state }) => state))).toEqual(new Set(["failed", "complete"]));
});

it("parallel trials share the data set and the threads, and give the values that they give alone", async () => {
  const trainers: Trainer[] = [];
  const objective = async (trial: Trial) => {
    const trainer = quadrantTrainer({ seed: trial.int("seed", 0, 1000) });
    trainers.push(trainer);
    return (await trial.fit(trainer, train, { epochs: 3, validation })).best.validation.loss;
  };
  const alone = await study({});
  const beside = await study({});
  await alone.optimize(objective, { trials: 6 });
  await beside.optimize(objective, { trials: 6, parallel: 3 });
  expect(beside.trials.map(({ values }) => values)).toEqual(alone.trials.map(({ values }) => values));
});

it("a signal ends trials within their epoch and puts them in line again", async () => {
  const made = await study({});
  const controller = new AbortController();
  let begun = 0;
  const objective = async (trial: Trial) => {
    begun++;
    const epochs = begun === 1 ? 100_000 : 2;
    if (begun === 1) setTimeout(() => controller.abort(), 50);
    return (await trial.fit(quadrantTrainer({ seed: trial.int("seed", 0, 9) }), train, { epochs, validation })).best
      .loss;
  };
  await made.optimize(objective, { trials: 2, signal: controller.signal });
  expect(made.trials.map(({ state }) => state)).toEqual(["failed", "waiting"]);
  await made.optimize(objective, { until: 2 });
  expect(made.trials.map(({ state }) => state)).toEqual(["failed", "complete", "complete"]);
  expect(made.trials[1]?.parameters).toEqual(made.trials[0]?.parameters);
});

it("the best network is trained again on everything and exported in two lines", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "best-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const made = await study({ direction: "maximize" });
  const build = (parameters: TrialParameters) => quadrantTrainer({ seed: parameters.int("seed", 0, 9) });
  await made.optimize(
    async (trial) =>
      (await trial.fit(build(trial), train, { epochs: 4, validation })).best.validation.metrics.accuracy!,
    { trials: 3 },
  );
  using trainer = await made.best.retrain(build, train.concat(validation));
  await trainer.exportOnnx(path.join(folder, "best.onnx"));
  expect(trainer.epochsTrained).toBe(made.best.bestStep);
  await expect(made.best.retrain(build, train, { epochs: -1 })).rejects.toThrow(/epochs/);
});
