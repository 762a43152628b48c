// What section 5 measured, by depth, width and activation.
import type { Comparison } from "../measuring/comparison.js";
import { type DigitRun, each } from "../networks/digit_runs.js";
import { errorComparison } from "../measuring/dollars.js";
import type { TrainedHouses } from "../networks/house_network.js";

export interface HouseRun extends TrainedHouses {
  /** Of hidden units above zero, over the validation houses. */
  readonly activeShare: number;
}

/** Runs by the name of the choice, in its order. */
export interface Choices<Run> {
  /** Convolutional blocks of the digits' network, hidden layers of the houses'. */
  readonly depth: ReadonlyMap<string, readonly Run[]>;
  /** Filters of the first block; sizes of the hidden layers. */
  readonly width: ReadonlyMap<string, readonly Run[]>;
  readonly activation: ReadonlyMap<string, readonly Run[]>;
}

export interface ArchitectureStudy {
  readonly digits: Choices<DigitRun>;
  readonly houses: Choices<HouseRun>;
  readonly digitEpochs: number;
  readonly houseEpochs: number;
}

/** Of the last epoch. */
export function accuracyBy(choice: string, runs: ReadonlyMap<string, readonly DigitRun[]>): Comparison {
  return { choice, measure: "validation accuracy", results: each(runs, ({ accuracy }) => accuracy) };
}

/** Of the last epoch, in dollars. */
export function validationErrorBy(choice: string, runs: ReadonlyMap<string, readonly HouseRun[]>): Comparison {
  return errorComparison(
    choice,
    "validation error in dollars",
    each(runs, ({ last }) => last.validation.error),
  );
}

/** Of the last epoch, in dollars. */
export function trainingErrorBy(choice: string, runs: ReadonlyMap<string, readonly HouseRun[]>): Comparison {
  return errorComparison(
    choice,
    "training error in dollars",
    each(runs, ({ training }) => training.at(-1)!),
  );
}
