// Cases of batch normalization, dropout and standardization.
import { batchNorm, conv2d, dense, dropout, flatten, relu, standardize, tanh } from "../../../lib/layers/index.js";
import type { LayerCases } from "../layer_case.js";

export const cases: LayerCases = {
  batch_norm: [
    { name: "features", input: [4], layers: [dense(6), batchNorm(), tanh(), dense(2)] },
    {
      name: "image",
      input: [2, 4, 3],
      layers: [conv2d(3, { kernel: 2, bias: false }), batchNorm(), relu(), flatten(), dense(2)],
    },
    {
      name: "large epsilon",
      input: [3],
      layers: [dense(3), batchNorm({ epsilon: 0.5, momentum: 0.5 }), tanh(), dense(1)],
    },
    { name: "two rows", input: [3], layers: [dense(3), batchNorm({ epsilon: 0.1 }), tanh(), dense(1)], batch: 2 },
    { name: "first layer", input: [3, 2, 2], layers: [batchNorm(), flatten(), dense(2)] },
  ],
  dropout: [
    { name: "features", input: [8], layers: [dense(16), dropout(0.4), dense(3)] },
    { name: "image", input: [2, 4, 4], layers: [conv2d(4, { kernel: 2 }), dropout(0.25), flatten(), dense(2)] },
    { name: "rate 0", input: [3], layers: [dense(4), dropout(0), dense(1)] },
    {
      name: "two layers draw their own numbers",
      input: [6],
      layers: [dense(8), dropout(0.5), dense(8), dropout(0.5), dense(1)],
    },
  ],
  standardize: [
    { name: "features", input: [4], layers: [standardize(), dense(3), tanh(), dense(1)] },
    { name: "image", input: [3, 2, 2], layers: [standardize(), conv2d(2, { kernel: 2 }), flatten()] },
    { name: "targets too", input: [4], layers: [standardize(), dense(3), tanh(), dense(2)], standardizeTargets: true },
  ],
};
