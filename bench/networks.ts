// The networks that are timed, with random data, as the peers' scripts have them; and families of them that grow.
import {
  adam,
  batchNorm,
  conv2d,
  crossEntropy,
  Dataset,
  dense,
  flatten,
  gaussianNll,
  globalAveragePool2d,
  maxPool2d,
  type Model,
  mse,
  relu,
  residual,
  sequential,
  sgd,
  softmax,
  type TrainerOptions,
} from "netwright";
import { digitNetwork, priceAndSigmaNetwork } from "../examples/networks.js";

export interface Network {
  readonly title: string;
  readonly model: Model;
  readonly options: TrainerOptions;
  /** That many rows of random data. */
  data(rows: number): Dataset;
}

export function random(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => Math.random());
}

/** Random images with ten classes. */
function images(shape: readonly [number, number, number]): (rows: number) => Dataset {
  const size = shape[0] * shape[1] * shape[2];
  return (rows) =>
    Dataset.from({
      input: random(rows * size),
      inputShape: shape,
      target: Int32Array.from({ length: rows }, (_, row) => row % 10),
      classes: 10,
    });
}

const usps: Network = {
  title: "USPS network",
  model: digitNetwork,
  options: { loss: mse(), optimizer: sgd({ learningRate: 0.1 }), metrics: [] },
  data: images([1, 16, 16]),
};

const houses: Network = {
  title: "house network",
  model: priceAndSigmaNetwork,
  options: { loss: gaussianNll(), optimizer: adam({ learningRate: 0.001 }), metrics: [] },
  data: (rows) => Dataset.from({ input: random(rows * 4), inputShape: [4], target: random(rows) }),
};

/** Without biases: batch norm follows. */
const convolution = (filters: number, kernel: number, stride: number) =>
  conv2d(filters, { kernel, stride, padding: (kernel - 1) / 2, bias: false });

function residualBlock(inputs: number, filters: number, stride: number) {
  const layers = [convolution(filters, 3, stride), batchNorm(), relu(), convolution(filters, 3, 1), batchNorm()];
  const projects = stride > 1 || inputs !== filters;
  const shortcut = projects ? [convolution(filters, 1, stride), batchNorm()] : [];
  return [residual(layers, { shortcut }), relu()];
}

/** ResNet-20 of He et al. 2015 for 32 x 32 pixels, with projections where the shape changes. */
const resnet20: Network = {
  title: "ResNet-20, 32x32",
  model: sequential(
    [3, 32, 32],
    [
      convolution(16, 3, 1),
      batchNorm(),
      relu(),
      ...[16, 32, 64].flatMap((filters, stage) => [
        ...residualBlock(stage === 0 ? 16 : filters / 2, filters, stage === 0 ? 1 : 2),
        ...residualBlock(filters, filters, 1),
        ...residualBlock(filters, filters, 1),
      ]),
      globalAveragePool2d(),
      dense(10),
      softmax(),
    ],
  ),
  options: {
    loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
    metrics: [],
  },
  data: images([3, 32, 32]),
};

export const networks = { usps, houses, resnet20 };
export type NetworkName = keyof typeof networks;

/** The USPS network's convolutions with `filters` in the first block, twice and four times as many in the next. */
export function wide(filters: number): Network {
  const block = (count: number) => [conv2d(count, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];
  const layers = [...block(filters), ...block(2 * filters), ...block(4 * filters), flatten(), dense(10), softmax()];
  return { ...usps, title: `${filters} filters`, model: sequential([1, 16, 16], layers) };
}

/** `blocks` residual blocks of 32 filters on 16 x 16 pixels. */
export function deep(blocks: number): Network {
  const body = Array.from({ length: blocks }, () => residualBlock(32, 32, 1)).flat();
  const layers = [convolution(32, 3, 1), batchNorm(), relu(), ...body, globalAveragePool2d(), dense(10), softmax()];
  return { ...usps, title: `${blocks} residual blocks`, model: sequential([1, 16, 16], layers) };
}
