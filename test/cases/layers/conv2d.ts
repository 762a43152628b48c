// Cases of convolution: padding, stride, dilation, groups.
import { conv2d, dense, flatten, tanh } from "../../../lib/layers/index.js";
import type { LayerCases } from "../layer_case.js";

/** Enough layers that both gradients of the convolution in the middle are needed. */
const between = (...args: Parameters<typeof conv2d>) => [
  conv2d(4, { kernel: 1 }),
  tanh(),
  conv2d(...args),
  tanh(),
  flatten(),
  dense(2),
];

export const cases: LayerCases = {
  conv2d: [
    { name: "valid", input: [2, 5, 4], layers: between(3, { kernel: 3 }) },
    { name: "same", input: [2, 4, 5], layers: between(3, { kernel: 3, padding: "same" }) },
    {
      name: "same with a stride and an even kernel",
      input: [2, 5, 6],
      layers: between(3, { kernel: [2, 4], stride: 2, padding: "same" }),
    },
    { name: "stride that leaves pixels over", input: [1, 6, 5], layers: between(2, { kernel: 2, stride: [3, 2] }) },
    { name: "uneven padding", input: [1, 3, 3], layers: between(2, { kernel: 3, padding: [2, 0, 1, 1] }) },
    { name: "dilation", input: [1, 6, 5], layers: between(2, { kernel: [3, 2], dilation: 2, padding: 1 }) },
    { name: "groups", input: [2, 4, 4], layers: between(6, { kernel: 3, groups: 2 }) },
    { name: "depthwise", input: [2, 4, 4], layers: between(4, { kernel: 3, groups: 4, padding: "same", bias: false }) },
    { name: "depthwise with two filters a channel", input: [2, 4, 4], layers: between(8, { kernel: 2, groups: 4 }) },
    { name: "kernel as large as the image", input: [2, 3, 2], layers: between(5, { kernel: [3, 2] }) },
    { name: "last layer", input: [2, 4, 4], layers: [conv2d(3, { kernel: 3 })] },
    { name: "one row", input: [1, 4, 4], layers: between(3, { kernel: 3, padding: "same" }), batch: 1 },
  ],
};
