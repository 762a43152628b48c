// Section 3, time against hyper-parameters: grid, random and TPE with pruning race for the best network in the same time.
// npx tsx examples/report/time.ts [--quick | --full] [--seeds N] [--epochs N]
import {
  asha,
  createStudy,
  type Dataset,
  type Forecast,
  grid,
  noPruner,
  type Pruner,
  random,
  type Sampler,
  type StudyRecord,
  tpe,
} from "netwright";
import { byScale, epochsOf, type ReportOptions, seedsOf } from "./options.js";
import { runAlone } from "./run.js";
import { batchSizeOf, build, GRID, GRID_POINTS, objectiveOf } from "./time/search_task.js";
import type { Section } from "./section.js";
import { dataSentence, digitData, forEverySeed } from "./measuring/support.js";
import { timeSection } from "./time/time_text.js";

/** How each search is set up: sampler and pruner from a seed. */
const METHODS: Readonly<Record<string, (seed: number) => { sampler: Sampler; pruner: Pruner }>> = {
  grid: (seed) => ({ sampler: grid(GRID, { seed }), pruner: noPruner() }),
  random: (seed) => ({ sampler: random({ seed }), pruner: noPruner() }),
  "TPE with pruning": (seed) => ({ sampler: tpe({ seed }), pruner: asha({ minResource: 1, reductionFactor: 3 }) }),
};

/** One search, when it was over. */
export interface SearchRun {
  readonly record: StudyRecord;
  /** Seconds from the beginning to the end of every complete trial, with the best value until then; the value only rises. */
  readonly best: readonly { readonly seconds: number; readonly value: number }[];
  readonly finished: number;
  readonly pruned: number;
  readonly failed: number;
  /** Mean wall time of a trial. */
  readonly secondsPerTrial: number;
  /** Of the best network, trained once more as in the search. */
  readonly test: number;
}

/** What was searched, for the text. */
export interface TimeSetup {
  readonly data: string;
  readonly seeds: number;
  readonly epochs: number;
  readonly rows: number;
  readonly budget: number;
  readonly parallel: number;
  readonly points: number;
  /** So many times a short training of the search is a whole one of the original: rows times epochs. */
  readonly wholeTraining: number;
  /** Of whole trainings, by the library, before any was run. */
  readonly forecast: Forecast;
}

const WHOLE = { rows: 6000, epochs: 50 };

export async function run(options: ReportOptions): Promise<Section> {
  const data = digitData();
  const seeds = seedsOf(options, { quick: 2, normal: 5, full: 5 });
  const epochs = epochsOf(options, { quick: 3, normal: 6, full: 12 });
  const rows = byScale(options, { quick: 600, normal: 2000, full: 2000 });
  const budget = byScale(options, { quick: 4, normal: 45, full: 600 });

  const subsets = new Map<number, { train: Dataset; validation: Dataset; test: Dataset }>();
  for (const seed of seeds) {
    const parts = await data.parts(seed);
    subsets.set(seed, { ...parts, train: parts.train.slice(0, rows) });
  }
  const forecast = await forecastGrid(
    await data.parts(seeds[0]!),
    options.parallel,
    byScale(options, { quick: 2, normal: 20, full: 20 }),
  );
  const runs = await forEverySeed(options, "time, searches", Object.keys(METHODS), seeds, (name, seed) =>
    search(METHODS[name]!(seed), subsets.get(seed)!, { seed, epochs, budget }),
  );
  return timeSection(runs, {
    data: await dataSentence(data),
    seeds: seeds.length,
    epochs,
    rows,
    budget,
    parallel: options.parallel,
    points: GRID_POINTS,
    wholeTraining: (WHOLE.rows * WHOLE.epochs) / (rows * epochs),
    forecast,
  });
}

/** What all points, and a hundred random trials, would take with trainings as long as the original's: told from a few probes. */
async function forecastGrid(
  data: { readonly train: Dataset; readonly validation: Dataset },
  parallel: number,
  seconds: number,
): Promise<Forecast> {
  await using study = await createStudy(undefined, {
    direction: "maximize",
    sampler: random({ seed: 1 }),
    pruner: noPruner(),
  });
  const objective = objectiveOf(data, { epochs: WHOLE.epochs, seed: 1 });
  return study.forecast(objective, { grid: GRID, trials: 100, parallel, budget: `${seconds} s` });
}

async function search(
  method: { readonly sampler: Sampler; readonly pruner: Pruner },
  data: { readonly train: Dataset; readonly validation: Dataset; readonly test: Dataset },
  { seed, epochs, budget }: { readonly seed: number; readonly epochs: number; readonly budget: number },
): Promise<SearchRun> {
  await using study = await createStudy(undefined, { direction: "maximize", ...method });
  const begun = Date.now();
  const objective = objectiveOf(data, { epochs, seed });
  await study.optimize(objective, { timeout: `${budget} s`, live: false });
  // On a slow machine a short budget may hold nothing but trials that failed.
  while (study.trials.every(({ state }) => state !== "complete"))
    await study.optimize(objective, { trials: 1, live: false });
  const { record } = study;
  using trainer = await study.best.retrain(
    (parameters) => build(parameters, seed),
    data.train,
    (parameters) => ({
      batchSize: batchSizeOf(parameters),
    }),
  );
  const { metrics } = await trainer.evaluate(data.test);
  const count = (state: string) => record.trials.filter((trial) => trial.state === state).length;
  const spent = record.trials.map(({ startedAt, endedAt }) => (endedAt!.getTime() - startedAt!.getTime()) / 1000);
  return {
    record,
    best: bestOverTime(record, begun),
    finished: record.trials.length,
    pruned: count("pruned"),
    failed: count("failed"),
    secondsPerTrial: spent.reduce((sum, seconds) => sum + seconds, 0) / spent.length,
    test: metrics.accuracy!,
  };
}

function bestOverTime({ trials }: StudyRecord, begun: number): SearchRun["best"] {
  const complete = trials
    .filter(({ state }) => state === "complete")
    .map(({ endedAt, values }) => ({ seconds: (endedAt!.getTime() - begun) / 1000, value: values![0]! }))
    .sort((a, b) => a.seconds - b.seconds);
  let value = Number.NEGATIVE_INFINITY;
  return complete.map((trial) => {
    value = Math.max(value, trial.value);
    return { seconds: trial.seconds, value };
  });
}

await runAlone(import.meta.url, "time", run);
