// Throughput of trials beside each other: the same trials one after the other on one thread, and as many at once as there are cores.
// npx tsx bench/search/parallel.ts [--trials 8] [--rounds 3] [--epochs 4]
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import {
  batchNorm,
  conv2d,
  createStudy,
  crossEntropy,
  datasets,
  dense,
  flatten,
  maxPool2d,
  noPruner,
  random,
  relu,
  sequential,
  sgd,
  softmax,
  Trainer,
  type Trial,
} from "netwright";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
    epochs: { type: "string", default: "4" },
  },
});
const cores = availableParallelism();
const { train, validation } = datasets.digits({ train: 2000, validation: 400 });

const block = (filters: number) => [conv2d(filters, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];
const model = sequential([1, 16, 16], [...block(32), ...block(64), flatten(), dense(10), softmax()]);

async function objective(trial: Trial): Promise<number> {
  const learningRate = trial.float("learningRate", 1e-3, 1e-1, { log: true });
  const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ learningRate }), threads: 1 });
  const options = { epochs: Number(values.epochs), batchSize: 10, validation };
  return (await trial.fit(trainer, train, options)).best.validation.metrics.accuracy as number;
}

/** Trials a second. */
async function rate(parallel: number, trials: number): Promise<number> {
  const study = await createStudy(undefined, {
    direction: "maximize",
    sampler: random({ seed: 1 }),
    pruner: noPruner(),
  });
  const started = performance.now();
  await study.optimize(objective, { trials, parallel, live: false });
  const seconds = (performance.now() - started) / 1000;
  await study.close();
  return trials / seconds;
}

await rate(1, 1);
const shares: number[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const before = await rate(1, Number(values.trials) / 2);
  const together = await rate(cores, Number(values.trials));
  const after = await rate(1, Number(values.trials) / 2);
  const alone = (before + after) / 2;
  shares.push(together / alone / cores);
  console.log(
    `one: ${before.toFixed(2)} and ${after.toFixed(2)} trials a second; ${cores} at once: ${together.toFixed(2)}; ${((100 * together) / alone / cores).toFixed(0)} % of ${cores} cores`,
  );
}
console.log(`median ${(100 * shares.sort((a, b) => a - b)[shares.length >> 1]!).toFixed(0)} %`);
