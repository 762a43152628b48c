// Cases of the elementwise activations: on features and on images.
import { conv2d, dense, flatten, relu, sigmoid, tanh } from "../../../lib/layers/index.js";
import type { LayerCase, LayerCases } from "../layer_case.js";

const around = (activation: typeof relu | typeof sigmoid | typeof tanh): LayerCase[] => [
  { name: "features", input: [5], layers: [dense(7), activation(), dense(2)] },
  { name: "image", input: [2, 4, 3], layers: [conv2d(3, { kernel: 2 }), activation(), flatten(), dense(2)] },
  { name: "last layer", input: [3], layers: [dense(4), activation()] },
];

export const cases: LayerCases = { relu: around(relu), sigmoid: around(sigmoid), tanh: around(tanh) };
