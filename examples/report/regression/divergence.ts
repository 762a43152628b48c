// Why plain SGD runs away on raw houses: the error that stops it, the scale of the data, and the first gradient.
import { type Dataset, NonFiniteError, type Parts, sgd } from "netwright";
import { type HouseNetwork, houseTrainer, ORIGINAL_HOUSES, tryHouses } from "../networks/house_network.js";

/** What was done to the data before the network saw them: by name, what was standardized. */
export interface Treatment {
  readonly name: string;
  readonly standardizeFeatures: boolean;
  readonly standardizeTargets: boolean;
}

export const treatments: readonly Treatment[] = [
  { name: "nothing", standardizeFeatures: false, standardizeTargets: false },
  { name: "features", standardizeFeatures: true, standardizeTargets: false },
  { name: "prices", standardizeFeatures: false, standardizeTargets: true },
  { name: "features and prices", standardizeFeatures: true, standardizeTargets: true },
];

export interface FirstStep {
  /** Euclidean norm of the gradient of all weights, of the loss on all training rows. */
  readonly gradient: number;
  /** Of the weights themselves. */
  readonly weights: number;
}

/** Mean and deviation of a column. */
export interface Scale {
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
}

/** One training by plain SGD, as the treatment says: the validation error of its last epoch in dollars, or the error that stopped it. */
export async function trainBySgd(
  treatment: Treatment,
  parts: Parts,
  learningRate: number,
  { seed, epochs }: { seed: number; epochs: number },
): Promise<number | NonFiniteError> {
  const network = { ...ORIGINAL_HOUSES, standardizeFeatures: treatment.standardizeFeatures };
  const { standardizeTargets } = treatment;
  const result = await tryHouses(network, parts, {
    seed,
    epochs,
    standardizeTargets,
    optimizer: sgd({ learningRate }),
  });
  return result instanceof NonFiniteError ? result : result.last.validation.error;
}

/** SGD with a learning rate of 1 moves every weight by exactly its gradient: the weights before minus those after are the gradient. */
export async function firstStep(treatment: Treatment, train: Dataset, seed: number): Promise<FirstStep> {
  const { standardizeFeatures, standardizeTargets } = treatment;
  const network: HouseNetwork = { ...ORIGINAL_HOUSES, standardizeFeatures };
  using trainer = houseTrainer(network, { seed, standardizeTargets, optimizer: sgd({ learningRate: 1 }) });
  const names = trainer
    .weights()
    .filter(({ role }) => role === "param")
    .map(({ name }) => name);
  const read = () => names.map((name) => Float32Array.from(trainer.read(name).data));
  const before = read();
  await trainer.fit(train, { epochs: 1, batchSize: train.rows });
  const after = read();
  return {
    gradient: norm(before.map((weight, i) => weight.map((value, k) => value - after[i]![k]!))),
    weights: norm(before),
  };
}

/** Of each feature and of the price. */
export function scalesOf({ input, rows, featureNames, target }: Dataset): Scale[] {
  const width = input.length / rows;
  const features = Array.from({ length: width }, (_, i) =>
    scale(
      featureNames?.[i] ?? `feature ${i + 1}`,
      Array.from({ length: rows }, (_, row) => input[row * width + i]!),
    ),
  );
  return [...features, scale("SalePrice", Array.from(target!))];
}

function scale(name: string, values: readonly number[]): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { name, mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

function norm(weights: readonly Float32Array[]): number {
  return Math.sqrt(weights.reduce((sum, weight) => sum + weight.reduce((part, value) => part + value ** 2, 0), 0));
}
