// Searches a network for the USPS digits within a time, choosing by validation alone, then trains the best one five times on everything.
// npx tsx examples/search_usps.ts [--minutes 15] [--parallel 2] [--seed 1] [--journal usps-search.journal]
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import {
  adamW,
  affine,
  asha,
  batchNorm,
  conv2d,
  createStudy,
  crossEntropy,
  datasets,
  dense,
  dropout,
  flatten,
  maxPool2d,
  oneCycle,
  relu,
  sequential,
  softmax,
  tpe,
  Trainer,
  type TrialParameters,
} from "netwright";
import { mean, range } from "./study.js";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "15" },
    parallel: { type: "string", default: String(availableParallelism()) },
    seed: { type: "string", default: "1" },
    journal: { type: "string" },
  },
});
const minutes = Number(options.minutes);
const seed = Number(options.seed);

/** Epochs of a trial; the last trainings get twice as many. */
const EPOCHS = 16;
/** Of the best trials, so many are measured again with other seeds: a single validation accuracy is a matter of luck. */
const FINALISTS = 5;
const SEEDS = [11, 12, 13];
/** Shares of the time: search, and then the finalists. */
const SEARCH = 0.72;

const { train, validation, test } = await datasets.usps({ seed, stratify: true });

function build(trial: TrialParameters, weights = 1): Trainer {
  const filters = trial.int("filters", 16, 40, { step: 8 });
  const block = (count: number) => [conv2d(count, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];
  const model = sequential(
    [1, 16, 16],
    [
      ...[1, 2, 4].flatMap((factor) => block(factor * filters)),
      dropout(trial.float("dropout", 0, 0.5)),
      flatten(),
      dense(trial.int("neurons", 50, 200, { step: 50 })),
      relu(),
      dense(10),
      softmax(),
    ],
  );
  return new Trainer(model, {
    loss: crossEntropy({ labelSmoothing: trial.float("labelSmoothing", 0, 0.2) }),
    optimizer: adamW({
      learningRate: trial.float("learningRate", 1e-3, 3e-2, { log: true }),
      weightDecay: trial.float("weightDecay", 1e-3, 0.3, { log: true }),
    }),
    seed: weights,
  });
}

function fitting(trial: TrialParameters) {
  return {
    batchSize: trial.categorical("batchSize", [32, 64, 128]),
    schedule: oneCycle(),
    augment: affine({
      rotation: trial.float("rotation", 0, 20),
      translation: trial.float("translation", 0, 0.15),
      scale: trial.float("scale", 0, 0.25),
      shear: trial.float("shear", 0, 20),
    }),
  };
}

const study = await createStudy(options.journal, {
  name: "usps",
  direction: "maximize",
  sampler: tpe({ seed }),
  pruner: asha({ minResource: 4, reductionFactor: 2 }),
});
const started = performance.now();
const parallel = Number(options.parallel);
await study.optimize(
  async (trial) => {
    const { history } = await trial.fit(build(trial), train, { epochs: EPOCHS, validation, ...fitting(trial) });
    return history.at(-1)?.validation.metrics.accuracy as number;
  },
  { timeout: `${minutes * SEARCH} min`, parallel },
);

const complete = study.trials.filter(({ state }) => state === "complete");
const pruned = study.trials.filter(({ state }) => state === "pruned");
console.log(
  `${study.trials.length} trials, ${pruned.length} of them pruned, best validation accuracy ${study.best.value.toFixed(4)}`,
);

// The best few once more with other weights and orders: the mean of these tells them apart better than one figure does.
const finalists = complete.sort((a, b) => (b.values?.[0] ?? 0) - (a.values?.[0] ?? 0)).slice(0, FINALISTS);
const finals = await createStudy(undefined, { direction: "maximize" });
for (const { parameters } of finalists) for (const weights of SEEDS) await finals.enqueue({ ...parameters, weights });
await finals.optimize(
  async (trial) => {
    const trainer = build(trial, trial.categorical("weights", SEEDS));
    const { history } = await trial.fit(trainer, train, { epochs: EPOCHS, validation, ...fitting(trial) });
    return history.at(-1)?.validation.metrics.accuracy as number;
  },
  {
    trials: finalists.length * SEEDS.length,
    timeout: `${minutes - (performance.now() - started) / 60_000} min`,
    parallel,
  },
);
const scores = finalists.map((trial) => {
  const again = finals.trials.filter(
    ({ parameters, state }) =>
      state === "complete" && Object.entries(trial.parameters).every(([name, value]) => parameters[name] === value),
  );
  return { trial, score: mean([trial.values?.[0] as number, ...again.map(({ values }) => values?.[0] as number)]) };
});
const { trial: chosen, score } = scores.sort((a, b) => b.score - a.score)[0] as (typeof scores)[number];
console.log(`chosen: trial ${chosen.number}, mean validation accuracy ${score.toFixed(4)}`, chosen.parameters);
console.log(`searched for ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);

const best = study.trial(chosen.number);
const everything = train.concat(validation);
const accuracies: number[] = [];
for (const weights of [1, 2, 3, 4, 5]) {
  using trainer = await best.retrain(
    (trial) => build(trial, weights),
    everything,
    (trial) => ({
      ...fitting(trial),
      epochs: 2 * EPOCHS,
    }),
  );
  accuracies.push((await trainer.evaluate(test)).metrics.accuracy as number);
  console.log(`seed ${weights}: test accuracy ${accuracies.at(-1)?.toFixed(4)}`);
}
console.log(`mean of five: ${mean(accuracies).toFixed(4)} (${range(accuracies, 4)})`);
await study.close();
