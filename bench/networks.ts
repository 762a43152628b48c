// The two reference networks with random data, as the peers' scripts have them.
import { adam, Dataset, gaussianNll, mse, sgd, Trainer } from "netwright";
import { digitNetwork, priceAndSigmaNetwork } from "../examples/networks.js";

export interface Bench {
  trainer: Trainer;
  /** That many rows of random data. */
  data(rows: number): Dataset;
}

function random(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => Math.random());
}

function usps(threads: number, profile = false): Bench {
  return {
    trainer: new Trainer(digitNetwork, {
      loss: mse(),
      optimizer: sgd({ learningRate: 0.1 }),
      metrics: [],
      threads,
      ...(profile && { profile }),
    }),
    data: (rows) =>
      Dataset.from({
        input: random(rows * 256),
        inputShape: [1, 16, 16],
        target: Int32Array.from({ length: rows }, (_, row) => row % 10),
        classes: 10,
      }),
  };
}

function houses(threads: number, profile = false): Bench {
  return {
    trainer: new Trainer(priceAndSigmaNetwork, {
      loss: gaussianNll(),
      optimizer: adam({ learningRate: 0.001 }),
      metrics: [],
      threads,
      ...(profile && { profile }),
    }),
    data: (rows) => Dataset.from({ input: random(rows * 4), inputShape: [4], target: random(rows) }),
  };
}

export const networks = { usps, houses };
export type NetworkName = keyof typeof networks;
