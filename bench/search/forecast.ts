// Forecasts against the truth on small reference studies with built-in data; prints both and their ratio, truth over forecast.
import {
  adam,
  crossEntropy,
  datasets,
  dense,
  flatten,
  relu,
  sequential,
  sgd,
  softmax,
  Trainer,
} from "../../lib/index.js";
import { durationText } from "../../lib/search/duration.js";
import { forecast, forecastText, type ForecastOptions, type Grid } from "../../lib/search/forecast.js";
import type { Objective } from "../../lib/search/optimize.js";
import { asha, noPruner } from "../../lib/search/pruners/index.js";
import type { Pruner } from "../../lib/search/pruners/pruner.js";
import { grid, random } from "../../lib/search/samplers/index.js";
import type { Sampler } from "../../lib/search/samplers/sampler.js";
import { createStudy } from "../../lib/search/study.js";

const { train, validation } = datasets.digits({ seed: 1, train: 1500, validation: 400, test: 1 });
const EPOCHS = 15;

const objective: Objective = async (trial) => {
  const depth = trial.int("depth", 1, 3);
  const width = trial.int("width", 8, 96, { log: true });
  const batchSize = trial.categorical("batchSize", [16, 32, 64]);
  const optimizer = trial.categorical("optimizer", ["sgd", "adam"]);
  const learningRate = trial.float("learningRate", 1e-3, 1e-1, { log: true });
  const hidden = Array.from({ length: depth }, () => [dense(width), relu()]).flat();
  const trainer = new Trainer(sequential(train.inputShape, [flatten(), ...hidden, dense(10), softmax()]), {
    loss: crossEntropy(),
    optimizer: optimizer === "sgd" ? sgd({ learningRate }) : adam({ learningRate: learningRate / 10 }),
    seed: 1,
  });
  const { best } = await trial.fit(trainer, train, { epochs: EPOCHS, batchSize, validation });
  return best.validation.loss;
};

const points: Grid = {
  depth: [1, 2, 3],
  width: [16, 64],
  batchSize: [16, 64],
  optimizer: ["sgd", "adam"],
  learningRate: [0.01],
};

interface Case {
  readonly name: string;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly parallel: number;
  readonly options: ForecastOptions;
  readonly count: number;
}

const cases: Case[] = [
  {
    name: "grid of 24",
    sampler: grid(points),
    pruner: noPruner(),
    parallel: 1,
    options: { grid: points, probes: 12 },
    count: 24,
  },
  {
    name: "20 random",
    sampler: random({ seed: 1 }),
    pruner: noPruner(),
    parallel: 1,
    options: { trials: 20, probes: 12 },
    count: 20,
  },
  {
    name: "20 random, 2 beside each other",
    sampler: random({ seed: 2 }),
    pruner: noPruner(),
    parallel: 2,
    options: { trials: 20, probes: 12 },
    count: 20,
  },
  ...[3, 4, 5, 6, 7].map((seed) => ({
    name: `20 random, asha, seed ${seed}`,
    sampler: random({ seed }),
    pruner: asha({ minResource: 1, reductionFactor: 3 }),
    parallel: 1,
    options: { trials: 20, probes: 12 },
    count: 20,
  })),
];

for (const { name, sampler, pruner, parallel, options, count } of cases) {
  await using study = await createStudy("memory", { sampler, pruner });
  const begin = performance.now();
  const told = await forecast(study, objective, { ...options, parallel });
  const forecasting = performance.now() - begin;
  const started = performance.now();
  await study.optimize(objective, { trials: count, parallel, live: false });
  const truth = performance.now() - started;
  const { milliseconds } = told.grid ?? told.trials!;
  const [low, high] = told.trials?.interval ?? [];
  const held = low === undefined || high === undefined ? "" : truth >= low && truth <= high ? ", in" : ", not in";
  console.log(
    `${name}: truth ${durationText(truth)}, ratio ${(truth / milliseconds).toFixed(3)}${held}; ` +
      `${forecastText(told)} (${told.probes} probes, ${durationText(forecasting)})`,
  );
}
