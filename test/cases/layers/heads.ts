// Cases of the heads with the losses that go with them.
import {
  conv2d,
  dense,
  flatten,
  gaussian,
  globalAveragePool2d,
  relu,
  softmax,
  standardize,
  tanh,
} from "../../../lib/layers/index.js";
import { crossEntropy, gaussianNll, mse } from "../../../lib/losses/index.js";
import type { LayerCases } from "../layer_case.js";

export const cases: LayerCases = {
  softmax: [
    { name: "cross-entropy", input: [4], layers: [dense(6), tanh(), dense(3), softmax()], loss: crossEntropy() },
    {
      name: "squared error of probabilities",
      input: [4],
      layers: [dense(6), tanh(), dense(3), softmax()],
      loss: mse(),
    },
    { name: "cross-entropy without head", input: [4], layers: [dense(6), tanh(), dense(3)], loss: crossEntropy() },
    {
      name: "cross-entropy with label smoothing",
      input: [4],
      layers: [dense(6), tanh(), dense(3), softmax()],
      loss: crossEntropy({ labelSmoothing: 0.2 }),
    },
    { name: "two classes", input: [4], layers: [dense(2), softmax()], loss: crossEntropy() },
    {
      name: "behind pooling",
      input: [1, 5, 5],
      layers: [conv2d(4, { kernel: 3 }), relu(), globalAveragePool2d(), softmax()],
      loss: crossEntropy(),
    },
    { name: "behind flatten", input: [2, 2, 2], layers: [conv2d(2, { kernel: 1 }), flatten(), softmax()], loss: mse() },
  ],
  gaussian: [
    { name: "one target", input: [4], layers: [dense(6), tanh(), dense(2), gaussian()], loss: gaussianNll() },
    { name: "three targets", input: [4], layers: [dense(6), tanh(), dense(6), gaussian()], loss: gaussianNll() },
    {
      name: "standardized targets",
      input: [4],
      layers: [standardize(), dense(6), tanh(), dense(4), gaussian()],
      loss: gaussianNll(),
      standardizeTargets: true,
    },
    { name: "squared error of the mean", input: [4], layers: [dense(4), gaussian()], loss: mse() },
  ],
};
