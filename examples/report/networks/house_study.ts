// Houses in studies: every point of a grid once a seed, by the library's own search, and the error of each by name.
import {
  adam,
  createStudy,
  failureOf,
  grid,
  noPruner,
  type Optimizer,
  type Parts,
  rmsprop,
  sgd,
  type TrialRecord,
} from "netwright";
import { houseTrainer, ORIGINAL_HOUSES } from "./house_network.js";
import type { ReportOptions } from "../options.js";

export const OPTIMIZERS: Readonly<Record<string, (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => sgd({ learningRate }),
  rmsprop: (learningRate) => rmsprop({ learningRate }),
  adam: (learningRate) => adam({ learningRate }),
};

/** Values to try of each; every combination is trained. */
export interface HouseGrid {
  readonly optimizer: readonly string[];
  readonly learningRate: readonly number[];
  readonly batchSize: readonly number[];
}

export interface HousePoint {
  readonly optimizer: string;
  readonly learningRate: number;
  readonly batchSize: number;
}

export interface HouseGridResult {
  /** Validation errors of the last epoch in dollars, in the order of the seeds; `failed` stands for trainings that ran away. */
  errors(point: HousePoint): number[];
  /** How many trainings of a point ran away. */
  ranAway(point: HousePoint): number;
}

/**
 * A study in memory with one trial for each point and seed. Trainings that run away are failed trials: the study goes on, and they
 * count here with the error `failed`.
 */
export async function studyHouses(
  { parallel }: ReportOptions,
  parts: Parts,
  space: HouseGrid,
  seeds: readonly number[],
  { epochs, failed }: { epochs: number; failed: number },
): Promise<HouseGridResult> {
  const points = { ...space, seed: seeds };
  await using study = await createStudy("memory", { direction: "minimize", sampler: grid(points), pruner: noPruner() });
  const trials = Object.values(points).reduce((product, values) => product * values.length, 1);
  await study.optimize(
    async (trial) => {
      const optimizer = OPTIMIZERS[trial.categorical("optimizer", space.optimizer)]!;
      const learningRate = trial.categorical("learningRate", space.learningRate);
      const batchSize = trial.categorical("batchSize", space.batchSize);
      const seed = trial.categorical("seed", seeds);
      const trainer = houseTrainer(ORIGINAL_HOUSES, { seed, optimizer: optimizer(learningRate) });
      const { history } = await trial.fit(trainer, parts.train, {
        epochs,
        batchSize,
        validation: parts.validation,
        monitor: "rmse",
      });
      return history.at(-1)!.validation.metrics.rmse!;
    },
    { trials, parallel, live: false },
  );
  const { trials: ended } = study;
  const broken = ended.map(failureOf).find((failure) => failure !== undefined && failure.kind !== "diverged");
  if (broken !== undefined) throw new Error(`a trial failed: ${broken.message}`);
  const trialOf = (point: HousePoint, seed: number): TrialRecord => {
    const wanted = Object.entries({ ...point, seed });
    const trial = ended.find(({ parameters }) => wanted.every(([name, value]) => parameters[name] === value));
    if (trial === undefined) throw new RangeError(`no trial of ${JSON.stringify({ ...point, seed })} in the grid`);
    return trial;
  };
  const trialsOf = (point: HousePoint) => seeds.map((seed) => trialOf(point, seed));
  return {
    errors: (point) => trialsOf(point).map(({ values }) => values?.[0] ?? failed),
    ranAway: (point) => trialsOf(point).filter(({ state }) => state === "failed").length,
  };
}
