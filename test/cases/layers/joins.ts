// Cases of residual and parallel, which leave add and concat behind.
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  parallel,
  repeat,
  residual,
  tanh,
} from "../../../lib/layers/index.js";
import type { LayerCases } from "../layer_case.js";

export const cases: LayerCases = {
  add: [
    { name: "features", input: [5], layers: [dense(4), residual([dense(4), tanh()]), dense(2)] },
    {
      name: "image with a shortcut",
      input: [2, 4, 4],
      layers: [
        residual([conv2d(3, { kernel: 3, stride: 2, padding: "same" }), batchNorm()], {
          shortcut: [conv2d(3, { kernel: 1, stride: 2 })],
        }),
        globalAveragePool2d(),
      ],
    },
    {
      name: "one inside the other",
      input: [4],
      layers: [residual([dense(4), residual([tanh(), dense(4)])]), dense(1)],
    },
    { name: "repeated", input: [4], layers: [repeat(3, [residual([dense(4), tanh()])]), dense(1)] },
  ],
  concat: [
    { name: "features", input: [5], layers: [parallel([[dense(2)], [dense(3), tanh()], []]), dense(2)] },
    {
      name: "images",
      input: [2, 4, 4],
      layers: [
        conv2d(2, { kernel: 1 }),
        parallel([[conv2d(3, { kernel: 3, padding: "same" })], [], [conv2d(1, { kernel: 1 }), tanh()]]),
        flatten(),
        dense(2),
      ],
    },
    { name: "one branch", input: [3], layers: [parallel([[dense(2), tanh()]]), dense(2)] },
    { name: "the last layer", input: [3], layers: [parallel([[dense(2)], [dense(1)]])] },
  ],
};
