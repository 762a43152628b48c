// The family of networks for digits that the comparisons choose from, and one training of one of them.
import {
  batchNorm,
  conv2d,
  crossEntropy,
  dense,
  dropout,
  flatten,
  type Loss,
  maxPool2d,
  type Model,
  mse,
  type Optimizer,
  type Parts,
  relu,
  sequential,
  sgd,
  sigmoid,
  softmax,
  tanh,
  Trainer,
} from "netwright";

export const activations = { sigmoid, tanh, relu } as const;
export type ActivationName = keyof typeof activations;

export interface DigitNetwork {
  /** Blocks of 3 x 3 convolution, batch normalization, activation and pooling: 1 to 4, each with twice the filters of the one before. */
  readonly blocks: number;
  /** Of the first block. Default 32. */
  readonly filters?: number;
  /** Sizes of the dense layers before the one of ten classes. */
  readonly units: readonly number[];
  /** After every block and every dense layer but the last. Default relu. */
  readonly activation?: ActivationName;
  /** Between blocks and dense layers. Default 0.25, as in the original. */
  readonly dropout?: number;
}

/** The network that the original chose. */
export const ORIGINAL: Required<DigitNetwork> = {
  blocks: 3,
  filters: 32,
  units: [100, 50],
  activation: "relu",
  dropout: 0.25,
};

/** Images `[1, 16, 16]` to ten probabilities. */
export function digitNetwork(network: DigitNetwork): Model {
  const { blocks, filters, units, activation, dropout: dropped } = { ...ORIGINAL, ...network };
  const activate = activations[activation];
  return sequential(
    [1, 16, 16],
    [
      ...Array.from({ length: blocks }, (_, i) => [
        conv2d(filters * 2 ** i, { kernel: 3, padding: "same" }),
        batchNorm(),
        activate(),
        maxPool2d(2),
      ]).flat(),
      ...(dropped > 0 ? [dropout(dropped)] : []),
      flatten(),
      ...units.flatMap((size) => [dense(size), activate()]),
      dense(10),
      softmax(),
    ],
  );
}

export interface DigitTraining {
  readonly seed: number;
  readonly epochs: number;
  /** Default 10. */
  readonly batchSize?: number;
  /** Default mse. */
  readonly loss?: "mse" | "crossEntropy";
  /** Default plain SGD with a learning rate of 0.1. */
  readonly optimizer?: Optimizer;
}

export interface TrainedDigits {
  /** After each epoch, as shares of 1. */
  readonly curve: readonly number[];
  /** Of the last epoch: nothing was chosen by it. */
  readonly validation: number;
  readonly test: number;
  readonly parameters: number;
}

/** One training with one thread. */
export async function trainDigits(
  network: DigitNetwork,
  { train, validation, test }: Parts,
  { seed, epochs, batchSize = 10, loss = "mse", optimizer = sgd({ learningRate: 0.1 }) }: DigitTraining,
): Promise<TrainedDigits> {
  const losses: Record<string, Loss> = { mse: mse(), crossEntropy: crossEntropy() };
  using trainer = new Trainer(digitNetwork(network), { loss: losses[loss]!, optimizer, seed, threads: 1 });
  const { history } = await trainer.fit(train, { epochs, batchSize, validation });
  const curve = history.map((epoch) => epoch.validation?.metrics.accuracy ?? Number.NaN);
  const { metrics } = await trainer.evaluate(test);
  return {
    curve,
    validation: curve.at(-1) ?? Number.NaN,
    test: metrics.accuracy ?? Number.NaN,
    parameters: trainer
      .weights()
      .filter(({ role }) => role === "param")
      .reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0),
  };
}
