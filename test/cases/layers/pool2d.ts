// Cases of pooling: windows that overlap, padding, pixels left over.
import {
  averagePool2d,
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
} from "../../../lib/layers/index.js";
import type { LayerCases } from "../layer_case.js";

const around = (pool: LayerSpec): LayerSpec[] => [conv2d(3, { kernel: 2, padding: 1 }), pool, flatten(), dense(2)];

export const cases: LayerCases = {
  max_pool2d: [
    { name: "halves", input: [2, 5, 5], layers: around(maxPool2d(2)) },
    { name: "overlapping windows", input: [2, 4, 5], layers: around(maxPool2d(3, { stride: 1 })) },
    { name: "padding", input: [2, 4, 4], layers: around(maxPool2d([3, 2], { stride: 2, padding: 1 })) },
    { name: "same", input: [2, 4, 5], layers: around(maxPool2d(3, { stride: 2, padding: "same" })) },
  ],
  average_pool2d: [
    { name: "halves", input: [2, 5, 5], layers: around(averagePool2d(2)) },
    {
      name: "padding counted",
      input: [2, 4, 4],
      layers: around(averagePool2d(3, { stride: 2, padding: [1, 0, 2, 1] })),
    },
    {
      name: "padding left out",
      input: [2, 4, 4],
      layers: around(averagePool2d(3, { stride: 1, padding: "same", countIncludePad: false })),
    },
  ],
  global_average_pool2d: [
    { name: "image", input: [2, 4, 3], layers: [conv2d(5, { kernel: 2 }), globalAveragePool2d(), dense(2)] },
    { name: "one pixel", input: [2, 1, 1], layers: [conv2d(3, { kernel: 1 }), globalAveragePool2d()] },
  ],
};
