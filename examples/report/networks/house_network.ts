// The family of networks for house prices that the comparisons choose from, and one training of one of them.
import {
  adam,
  type Dataset,
  dense,
  gaussian,
  gaussianNll,
  type Model,
  mse,
  NonFiniteError,
  type Optimizer,
  type Parts,
  sequential,
  standardize,
  Trainer,
} from "netwright";
import { type ActivationName, activations } from "./digit_network.js";

export interface HouseNetwork {
  /** Sizes of the hidden layers; none is a linear model. */
  readonly units: readonly number[];
  /** After every hidden layer. Default relu. */
  readonly activation?: ActivationName;
  /** Whether features are scaled to mean 0 and deviation 1. Default true. */
  readonly standardizeFeatures?: boolean;
  /** Predicts a mean and a sigma, to be trained by the Gaussian likelihood. Default false: the price alone. */
  readonly withSigma?: boolean;
}

/** The network that the original chose. */
export const ORIGINAL_HOUSES: HouseNetwork = { units: [100, 50, 25, 25] };

/** Four features to a price in dollars, or to the mean and sigma of one. */
export function houseNetwork({
  units,
  activation = "relu",
  standardizeFeatures = true,
  withSigma,
}: HouseNetwork): Model {
  return sequential(
    [4],
    [
      ...(standardizeFeatures ? [standardize()] : []),
      ...units.flatMap((size) => [dense(size), activations[activation]()]),
      ...(withSigma ? [dense(2), gaussian()] : [dense(1)]),
    ],
  );
}

export interface HouseTraining {
  readonly seed: number;
  readonly epochs: number;
  /** Default 64, the original's. */
  readonly batchSize?: number;
  /** Default Adam with a learning rate of 0.01, the original's. */
  readonly optimizer?: Optimizer;
  /** Default true. */
  readonly standardizeTargets?: boolean;
}

/** Errors are root mean squared errors in dollars; losses are those of the training, mse in squared dollars or nats a house. */
export interface HouseFigures {
  readonly error: number;
  readonly loss: number;
}

export interface TrainedHouses {
  /** After each epoch; training figures are means over its steps. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
  readonly bestEpoch: number;
  /** Of the epoch with the lowest validation loss, as early stopping would keep it. */
  readonly best: { readonly validation: HouseFigures; readonly test: HouseFigures };
  /** Of the last epoch. */
  readonly last: { readonly validation: HouseFigures; readonly test: HouseFigures };
  readonly parameters: number;
  /** Of one epoch, the median. */
  readonly epochSeconds: number;
}

export function houseTrainer(
  network: HouseNetwork,
  { seed, optimizer = adam({ learningRate: 0.01 }), standardizeTargets = true }: Omit<HouseTraining, "epochs">,
): Trainer {
  const loss = network.withSigma ? gaussianNll() : mse();
  return new Trainer(houseNetwork(network), { loss, optimizer, standardizeTargets, seed, threads: 1 });
}

/**
 * One training with one thread. Rejects with NonFiniteError when numbers run away.
 * @param look is given the trainer with the weights of the best epoch
 */
export async function trainHouses(
  network: HouseNetwork,
  { train, validation, test }: Parts,
  training: HouseTraining,
  look: (trainer: Trainer) => Promise<void> = async () => {},
): Promise<TrainedHouses> {
  const { epochs, batchSize = 64 } = training;
  using trainer = houseTrainer(network, training);
  const curve: { training: number; validation: number }[] = [];
  let last: TrainedHouses["last"] | undefined;
  const seconds: number[] = [];
  const run = trainer.fit(train, { epochs, batchSize, validation, keepBest: true });
  for await (const epoch of run) {
    curve.push({ training: epoch.metrics.rmse!, validation: epoch.validation!.metrics.rmse! });
    seconds.push(epoch.seconds);
    if (epoch.epoch === epochs)
      last = { validation: await figuresOn(trainer, validation), test: await figuresOn(trainer, test) };
  }
  const { best } = await run;
  await look(trainer);
  return {
    training: curve.map((epoch) => epoch.training),
    validation: curve.map((epoch) => epoch.validation),
    bestEpoch: best!.epoch,
    best: { validation: await figuresOn(trainer, validation), test: await figuresOn(trainer, test) },
    last: last!,
    parameters: trainer
      .weights()
      .filter(({ role }) => role === "param")
      .reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0),
    epochSeconds: median(seconds),
  };
}

/** Like `trainHouses`, but a training whose numbers ran away is a result too. */
export async function tryHouses(...training: Parameters<typeof trainHouses>): Promise<TrainedHouses | NonFiniteError> {
  try {
    return await trainHouses(...training);
  } catch (error) {
    if (error instanceof NonFiniteError) return error;
    throw error;
  }
}

async function figuresOn(trainer: Trainer, data: Dataset): Promise<HouseFigures> {
  const { loss, metrics } = await trainer.evaluate(data);
  return { loss, error: metrics.rmse! };
}

/** Of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
