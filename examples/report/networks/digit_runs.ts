// Trainings of digit networks with all that sections 4 and 5 look at: curves of training and validation, time, and what ran away.
import {
  crossEntropy,
  type Dataset,
  type Loss,
  mse,
  NonFiniteError,
  type Optimizer,
  type Parts,
  sgd,
  Trainer,
} from "netwright";
import { type DigitNetwork, digitNetwork } from "./digit_network.js";
import { median } from "./house_network.js";
import type { ReportOptions } from "../options.js";
import { forEverySeed, type ReportData } from "../measuring/support.js";

export interface DigitPlan {
  readonly network: DigitNetwork;
  /** Default 10. */
  readonly batchSize?: number;
  /** Default mse. */
  readonly loss?: "mse" | "crossEntropy";
  /** Default plain SGD with a learning rate of 0.1. */
  readonly optimizer?: Optimizer;
}

/** Accuracies as shares of 1, after each epoch; shorter than asked for when the training ran away. */
export interface DigitRun {
  /** Means over the steps of an epoch, with dropout. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
  readonly validationLoss: readonly number[];
  /** Validation accuracy of the last epoch; `CHANCE` after numbers ran away. */
  readonly accuracy: number;
  /** Of one epoch, the median. */
  readonly epochSeconds: number;
  readonly parameters: number;
  readonly ranAway: boolean;
}

/** A training whose numbers ran away leaves no network: it counts as guessing. */
export const CHANCE = 0.1;

export type DigitRuns = ReadonlyMap<string, readonly DigitRun[]>;

export interface DigitRunOptions {
  readonly seeds: readonly number[];
  readonly epochs: number;
  /** Training images; Infinity for all of them. */
  readonly rows: number;
}

/** Trains every plan once a seed, on the same images for all plans of a seed. */
export async function runDigits(
  options: ReportOptions,
  title: string,
  data: ReportData,
  plans: ReadonlyMap<string, DigitPlan>,
  { seeds, epochs, rows }: DigitRunOptions,
): Promise<DigitRuns> {
  const subsets = new Map<number, Dataset>();
  return forEverySeed(options, title, [...plans.keys()], seeds, async (name, seed) => {
    const parts = await data.parts(seed);
    const train = subsets.get(seed) ?? (parts.train.rows <= rows ? parts.train : parts.train.slice(0, rows));
    subsets.set(seed, train);
    return runDigit(plans.get(name)!, { ...parts, train }, seed, epochs);
  });
}

async function runDigit(
  plan: DigitPlan,
  { train, validation }: Parts,
  seed: number,
  epochs: number,
): Promise<DigitRun> {
  const losses: Record<string, Loss> = { mse: mse(), crossEntropy: crossEntropy() };
  const { network, batchSize = 10, loss = "mse", optimizer = sgd({ learningRate: 0.1 }) } = plan;
  using trainer = new Trainer(digitNetwork(network), { loss: losses[loss]!, optimizer, seed, threads: 1 });
  const { history, ranAway } = await trainer.fit(train, { epochs, batchSize, validation }).then(
    ({ history }) => ({ history, ranAway: false }),
    (error: unknown) => {
      if (error instanceof NonFiniteError) return { history: error.history, ranAway: true };
      throw error;
    },
  );
  const accuracies = history.map((epoch) => epoch.validation!.metrics.accuracy!);
  return {
    training: history.map((epoch) => epoch.metrics.accuracy!),
    validation: accuracies,
    validationLoss: history.map((epoch) => epoch.validation!.loss),
    accuracy: ranAway ? CHANCE : accuracies.at(-1)!,
    epochSeconds: history.length === 0 ? Number.NaN : median(history.map(({ seconds }) => seconds)),
    parameters: trainer
      .weights()
      .filter(({ role }) => role === "param")
      .reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0),
    ranAway,
  };
}

/**
 * Runs under other names, in the order given: a comparison picks those that belong to it.
 * Throws RangeError for a name that was not trained.
 */
export function pick<Run>(
  runs: ReadonlyMap<string, readonly Run[]>,
  names: readonly (readonly [shown: string, name: string])[],
): Map<string, readonly Run[]> {
  return new Map(
    names.map(([shown, name]) => {
      const found = runs.get(name);
      if (found === undefined) throw new RangeError(`no training "${name}"; there are ${[...runs.keys()].join(", ")}`);
      return [shown, found];
    }),
  );
}

/** One figure of each run. */
export function each<Run>(
  runs: ReadonlyMap<string, readonly Run[]>,
  figure: (run: Run) => number,
): Map<string, readonly number[]> {
  return new Map([...runs].map(([name, list]) => [name, list.map(figure)]));
}

/** The mean fall from one epoch to the next, 0 for a curve that only rises. */
export function roughness(curve: readonly number[]): number {
  const falls = curve.slice(1).map((value, i) => Math.max(0, curve[i]! - value));
  return falls.length === 0 ? 0 : falls.reduce((sum, fall) => sum + fall, 0) / falls.length;
}
