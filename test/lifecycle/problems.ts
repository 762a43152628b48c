// Small problems that train in milliseconds, shared by the lifecycle tests.
import {
  adam,
  batchNorm,
  conv2d,
  crossEntropy,
  Dataset,
  dense,
  dropout,
  flatten,
  maxPool2d,
  mse,
  relu,
  sequential,
  sgd,
  softmax,
  Trainer,
  type TrainerOptions,
} from "../../lib/index.js";

/** Deterministic numbers in [-1, 1). */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Points in the plane, labelled by the sign of their product: no linear model can tell them apart. */
export function quadrants(rows = 200, seed = 1): Dataset {
  const input = noise(rows * 2, seed);
  const target = Array.from({ length: rows }, (_, i) =>
    (input[2 * i] as number) * (input[2 * i + 1] as number) > 0 ? "same" : "different",
  );
  return Dataset.from({ input, inputShape: [2], target });
}

export function quadrantTrainer(options: TrainerOptions = {}): Trainer {
  const model = sequential([2], [dense(16), relu(), dense(2), softmax()]);
  return new Trainer(model, { loss: crossEntropy(), optimizer: adam({ learningRate: 0.02 }), seed: 3, ...options });
}

/** Bars, vertical or horizontal, in 8 x 8 images with noise. */
export function bars(rows = 60, seed = 1): Dataset {
  const input = noise(rows * 64, seed).map((value) => value * 0.3);
  const target = Int32Array.from({ length: rows }, (_, row) => row % 2);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < 8; i++) {
      const line = (row * 5) % 8;
      input[row * 64 + (row % 2 === 0 ? line * 8 + i : i * 8 + line)] = 1;
    }
  return Dataset.from({ input, inputShape: [1, 8, 8], target, classes: ["horizontal", "vertical"] });
}

export function barTrainer(options: TrainerOptions = {}): Trainer {
  const model = sequential(
    [1, 8, 8],
    [
      conv2d(6, { kernel: 3, padding: "same" }),
      batchNorm(),
      relu(),
      maxPool2d(2),
      dropout(0.25),
      flatten(),
      dense(2),
      softmax(),
    ],
  );
  return new Trainer(model, { loss: mse(), optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), seed: 5, ...options });
}

/** Every weight and state of a trainer, for comparisons to the bit. */
export function allWeights(trainer: Trainer): Record<string, number[]> {
  return Object.fromEntries(trainer.weights().map(({ name }) => [name, [...trainer.read(name).data]]));
}
