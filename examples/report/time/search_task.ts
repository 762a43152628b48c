// What the searches of section 3 look for: a network for digits and how to train it, eight choices in all.
import {
  adam,
  type Dataset,
  mse,
  type Objective,
  type Optimizer,
  type TrialParameters,
  rmsprop,
  sgd,
  Trainer,
} from "netwright";
import { digitNetwork } from "../networks/digit_network.js";

const optimizers: Record<string, (options: { learningRate: number }) => Optimizer> = { sgd, rmsprop, adam };

/** Three or four values each, as the original tried: 11,664 combinations. */
export const GRID = {
  blocks: [1, 2, 3, 4],
  filters: [8, 16, 32],
  units: [32, 64, 128],
  activation: ["sigmoid", "tanh", "relu"],
  dropout: [0, 0.25, 0.5],
  optimizer: ["sgd", "rmsprop", "adam"],
  learningRate: [0.001, 0.01, 0.1, 1],
  batchSize: [16, 32, 64],
} as const;

export const GRID_POINTS = Object.values(GRID).reduce((product, values) => product * values.length, 1);

/** The trainer that a trial's parameters describe; one thread, for searches run beside each other. */
export function build(parameters: TrialParameters, seed: number): Trainer {
  const network = {
    blocks: parameters.int("blocks", 1, 4),
    filters: parameters.categorical("filters", GRID.filters),
    units: [parameters.categorical("units", GRID.units)],
    activation: parameters.categorical("activation", GRID.activation),
    dropout: parameters.categorical("dropout", GRID.dropout),
  };
  const optimizer = optimizers[parameters.categorical("optimizer", GRID.optimizer)]!;
  // Any value for samplers that can take one; the grid has its four.
  const learningRate = parameters.float("learningRate", 0.001, 1, { log: true });
  return new Trainer(digitNetwork(network), { loss: mse(), optimizer: optimizer({ learningRate }), seed, threads: 1 });
}

export function batchSizeOf(parameters: TrialParameters): number {
  return parameters.categorical("batchSize", GRID.batchSize);
}

/** The best validation accuracy of a short training. */
export function objectiveOf(
  data: { readonly train: Dataset; readonly validation: Dataset },
  { epochs, seed }: { readonly epochs: number; readonly seed: number },
): Objective {
  return async (trial) => {
    const batchSize = batchSizeOf(trial);
    const trainer = build(trial, seed);
    const { best } = await trial.fit(trainer, data.train, { epochs, batchSize, validation: data.validation });
    return best.validation.metrics.accuracy!;
  };
}
