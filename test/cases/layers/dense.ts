// Cases of the dense layer.
import { dense, flatten, tanh } from "../../../lib/layers/index.js";
import type { LayerCases } from "../layer_case.js";

export const cases: LayerCases = {
  dense: [
    { name: "alone", input: [3], layers: [dense(2)] },
    { name: "without bias", input: [3], layers: [dense(4, { bias: false }), tanh(), dense(1, { bias: false })] },
    { name: "one unit, one feature, one row", input: [1], layers: [dense(1)], batch: 1 },
    { name: "three of them", input: [4], layers: [dense(9), tanh(), dense(17), tanh(), dense(3)] },
  ],
  flatten: [
    { name: "image", input: [2, 3, 4], layers: [flatten(), dense(3)] },
    { name: "features stay", input: [6], layers: [flatten(), dense(3), flatten()] },
  ],
};
