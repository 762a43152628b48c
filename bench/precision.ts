// What training in bf16 costs in accuracy: the two reference studies in float32 and bf16 with the same seeds, side by side.
// npx tsx bench/precision.ts [--only usps|houses] [--seeds 5] [--epochs 50 (usps), 800 (houses)] [--threads 2]
import { parseArgs } from "node:util";
import {
  adam,
  type Dataset,
  datasets,
  gaussianNll,
  info,
  type Loss,
  type Model,
  mse,
  type Optimizer,
  sgd,
  Trainer,
} from "netwright";
import { digitNetwork, priceAndSigmaNetwork, priceNetwork } from "../examples/networks.js";
import { mean, report } from "../examples/study.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "5" },
    epochs: { type: "string" },
    threads: { type: "string" },
  },
});
const seeds = Number(options.seeds);
const threads = Number(options.threads ?? info().threads);

interface Study {
  readonly model: unknown;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly standardizeTargets: boolean;
  /** The figure reported: of the last epoch, or of the best one by validation. */
  readonly figure: "accuracy" | "loss";
  data(seed: number): Promise<{ train: Dataset; validation: Dataset; test: Dataset }>;
}

const houses = {
  epochs: 800,
  batchSize: 64,
  standardizeTargets: true,
  figure: "loss",
  data: () => datasets.houses(),
} as const;
const studies: Record<string, Study> = {
  usps: {
    model: digitNetwork,
    loss: mse(),
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 50,
    batchSize: 10,
    standardizeTargets: false,
    figure: "accuracy",
    data: (seed) => datasets.usps({ seed }),
  },
  houses_mse: { ...houses, model: priceNetwork, loss: mse(), optimizer: adam({ learningRate: 0.01 }) },
  houses_gaussian: {
    ...houses,
    model: priceAndSigmaNetwork,
    loss: gaussianNll(),
    optimizer: adam({ learningRate: 0.001 }),
  },
};

interface Figures {
  seed: number;
  validation: number;
  test: number;
  seconds: number;
}

async function runOnce(study: Study, precision: "float32" | "bf16", seed: number): Promise<Figures> {
  const { train, validation, test } = await study.data(seed);
  const { loss, optimizer, standardizeTargets, batchSize, figure } = study;
  using trainer = new Trainer(study.model as Model, { loss, optimizer, standardizeTargets, seed, threads, precision });
  const keepBest = figure === "loss";
  const started = performance.now();
  const epochs = Number(options.epochs ?? study.epochs);
  const { history, best } = await trainer.fit(train, { epochs, batchSize, validation, keepBest });
  const seconds = (performance.now() - started) / 1000;
  const of = (found: { loss: number; metrics: Readonly<Record<string, number>> } | undefined) =>
    (figure === "loss" ? found?.loss : found?.metrics[figure]) ?? Number.NaN;
  const chosen = keepBest ? best : history.at(-1);
  return { seed, validation: of(chosen?.validation), test: of(await trainer.evaluate(test)), seconds };
}

/** Mean and, with more than one, the standard deviation of single runs. */
function spread(numbers: readonly number[]): string {
  const centre = mean(numbers);
  const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (numbers.length - 1));
  return `${centre.toPrecision(5)} +- ${deviation.toPrecision(2)}`;
}

console.log(`bf16 is computed here as: ${info().bf16}`);
const results: Record<string, Record<string, Figures[]>> = {};
for (const [name, study] of Object.entries(studies)) {
  if (options.only !== undefined && !name.startsWith(options.only)) continue;
  const found: Record<"float32" | "bf16", Figures[]> = { float32: [], bf16: [] };
  for (let seed = 1; seed <= seeds; seed++)
    for (const precision of ["float32", "bf16"] as const) {
      const run = await runOnce(study, precision, seed);
      found[precision].push(run);
      const [validation, test] = [run.validation, run.test].map((value) => value.toPrecision(5));
      console.log(
        `${name} ${precision} seed ${seed}: validation ${validation}, test ${test}, ${run.seconds.toFixed(1)} s`,
      );
    }
  for (const part of ["validation", "test"] as const) {
    const [plain, mixed] = [found.float32, found.bf16].map((runs) => runs.map((run) => run[part])) as [
      number[],
      number[],
    ];
    console.log(`${name} ${study.figure}, ${part}: float32 ${spread(plain)}, bf16 ${spread(mixed)}`);
    console.log(`  bf16 - float32, seed by seed: ${spread(mixed.map((value, i) => value - plain[i]!))}`);
  }
  results[name] = found;
}
report("precision", { threads, ...results });
