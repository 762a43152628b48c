// Values of the float64 definitions that were worked out by hand or come from the papers: what gradient checks cannot see.
import { expect, test } from "vitest";
import type { Shape } from "../../../lib/errors.js";
import "../../../lib/ops/index.js";
import { type Attributes, opDefinition } from "../../../lib/ops/op.js";

function compute(
  op: string,
  inputs: readonly (readonly [Shape, readonly number[]])[],
  attributes: Attributes = {},
  context: { step?: number; learningRate?: number } = {},
): number[][] {
  const types = inputs.map(([shape]) => ({ shape, dtype: op === "one_hot" ? "int32" : "float32" }) as const);
  const out = opDefinition(op)
    .infer(types, attributes)
    .map(({ shape }) => shape);
  return opDefinition(op)
    .reference(
      inputs.map(([, numbers]) => Float64Array.from(numbers)),
      { in: inputs.map(([shape]) => shape), out },
      attributes,
      { seed: 1, step: 0, learningRate: 0, ...context },
    )
    .map((output) => [...output]);
}

const near = (numbers: readonly number[]) => numbers.map((value) => expect.closeTo(value, 12));

test("matmul multiplies rows by columns and adds the bias per column", () => {
  const inputs = [
    [
      [2, 2],
      [1, 2, 3, 4],
    ],
    [
      [2, 1],
      [10, 100],
    ],
    [[1], [5]],
  ] as const;
  expect(compute("matmul", inputs, { ta: false, tb: false })).toEqual([[215, 435]]);
});

test("conv2d correlates: the kernel is not flipped", () => {
  const window = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
  expect(
    compute(
      "conv2d",
      [
        [
          [1, 1, 1, 3],
          [1, 2, 3],
        ],
        [
          [1, 1, 1, 2],
          [10, 1],
        ],
      ],
      window,
    ),
  ).toEqual([[12, 23]]);
  expect(
    compute(
      "conv2d",
      [
        [
          [1, 1, 1, 3],
          [1, 2, 3],
        ],
        [
          [1, 1, 1, 2],
          [10, 1],
        ],
      ],
      { ...window, padding: [0, 1, 0, 0] },
    ),
  ).toEqual([[1, 12, 23]]);
});

test("max_pool2d hands its gradient to the first of equal maxima", () => {
  const attributes = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] };
  const x = [
    [1, 1, 2, 2],
    [3, 5, 5, 1],
  ] as const;
  expect(compute("max_pool2d", [x], attributes)).toEqual([[5]]);
  expect(compute("max_pool2d_grad", [[[1, 1, 1, 1], [7]], x, [[1, 1, 1, 1], [5]]], attributes)).toEqual([[0, 7, 0, 0]]);
  expect(
    compute(
      "max_pool2d",
      [
        [
          [1, 1, 2, 2],
          [3, Number.NaN, 5, 1],
        ],
      ],
      attributes,
    ),
  ).toEqual([[Number.NaN]]);
});

test("average_pool2d divides by all pixels of the window or by the real ones", () => {
  const attributes = { kernel: [1, 2], stride: [1, 2], padding: [0, 1, 0, 0] };
  const x = [
    [1, 1, 1, 3],
    [4, 6, 8],
  ] as const;
  expect(compute("average_pool2d", [x], { ...attributes, countIncludePad: true })).toEqual([[2, 7]]);
  expect(compute("average_pool2d", [x], { ...attributes, countIncludePad: false })).toEqual([[4, 7]]);
});

test("batch_norm normalises with the biased variance and reports the unbiased one", () => {
  const [y, mean, inverse, variance] = compute(
    "batch_norm",
    [
      [
        [2, 1],
        [1, 3],
      ],
      [[1], [2]],
      [[1], [10]],
    ],
    { epsilon: 0 },
  );
  expect([y, mean, inverse, variance]).toEqual([[8, 12], [2], [1], [2]]);
});

test("losses are means: over elements for mean_squared_error, over rows for the others", () => {
  expect(
    compute("mean_squared_error", [
      [
        [2, 2],
        [1, 2, 3, 4],
      ],
      [
        [2, 2],
        [1, 2, 3, 0],
      ],
    ]),
  ).toEqual([[4]]);
  expect(
    compute("mean_absolute_error", [
      [
        [2, 2],
        [1, 2, 3, 4],
      ],
      [
        [2, 2],
        [1, 2, 3, 0],
      ],
    ]),
  ).toEqual([[1]]);
  expect(
    compute("softmax_cross_entropy", [
      [
        [2, 2],
        [0, 0, 0, 0],
      ],
      [
        [2, 2],
        [1, 0, 0, 1],
      ],
    ]),
  ).toEqual([near([Math.log(2)])]);
  const gaussian = [
    [
      [1, 2],
      [0, 1],
    ],
    [
      [1, 2],
      [0, Math.log(4)],
    ],
    [
      [1, 2],
      [2, 1],
    ],
  ] as const;
  expect(compute("gaussian_nll", gaussian)).toEqual([near([Math.log(2 * Math.PI) + 0.5 * (4 + Math.log(4))])]);
});

test("cross entropy of large scores does not overflow", () => {
  expect(
    compute("softmax_cross_entropy", [
      [
        [1, 2],
        [1000, 0],
      ],
      [
        [1, 2],
        [0, 1],
      ],
    ]),
  ).toEqual([[1000]]);
});

test("accuracy compares the first largest score with the first largest target", () => {
  expect(
    compute("accuracy", [
      [
        [2, 3],
        [1, 5, 5, 2, 1, 0],
      ],
      [
        [2, 3],
        [0, 1, 0, 0, 1, 0],
      ],
    ]),
  ).toEqual([[0.5]]);
});

test("one_hot gives NaN rows for labels out of range", () => {
  expect(compute("one_hot", [[[3], [1, 2, -1]]], { classes: 2 })).toEqual([
    [0, 1, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
  ]);
});

test("concat and slice work along channels", () => {
  expect(
    compute("concat", [
      [
        [2, 1],
        [1, 2],
      ],
      [
        [2, 2],
        [3, 4, 5, 6],
      ],
    ]),
  ).toEqual([[1, 3, 4, 2, 5, 6]]);
  expect(
    compute(
      "slice",
      [
        [
          [2, 3],
          [1, 3, 4, 2, 5, 6],
        ],
      ],
      { start: 1, end: 3 },
    ),
  ).toEqual([[3, 4, 5, 6]]);
});

test("dropout keeps the expectation and counts images channels last", () => {
  const attributes = { rate: 0.5, stream: 9 };
  const kept = compute("dropout", [[[1, 8], Array(8).fill(1)]], attributes)[0]!;
  expect(kept.every((value) => value === 0 || value === 2)).toBe(true);
  // [1, 2, 2, 2]: memory order of element (c, pixel) is pixel * 2 + c.
  const image = compute("dropout", [[[1, 2, 2, 2], Array(8).fill(1)]], attributes)[0]!;
  expect(image).toEqual([0, 2, 4, 6, 1, 3, 5, 7].map((index) => kept[index]));
});

test("sgd starts its velocity with the first gradient", () => {
  const inputs = [
    [[1], [1]],
    [[1], [2]],
    [[1], [100]],
  ] as const;
  const options = { momentum: 0.5, dampening: 0.5, nesterov: false, weightDecay: 0 };
  expect(compute("sgd", inputs, options, { step: 0, learningRate: 0.1 })).toEqual([near([0.8]), [2]]);
  expect(compute("sgd", inputs, options, { step: 1, learningRate: 0.1 })).toEqual([near([-4.1]), [51]]);
});

test("the first step of adam is as long as the learning rate", () => {
  const options = { beta1: 0.9, beta2: 0.999, epsilon: 0, weightDecay: 0, decoupled: false };
  const inputs = [
    [[2], [1, 1]],
    [[2], [3, -0.001]],
    [[2], [0, 0]],
    [[2], [0, 0]],
  ] as const;
  expect(compute("adam", inputs, options, { learningRate: 0.1 })[0]).toEqual(near([0.9, 1.1]));
  const decoupled = { ...options, weightDecay: 0.5, decoupled: true };
  expect(compute("adam", inputs, decoupled, { learningRate: 0.1 })[0]).toEqual(near([0.85, 1.05]));
});

test("rmsprop divides by the root of the average square", () => {
  const options = { alpha: 0.75, epsilon: 0, momentum: 0, centered: false, weightDecay: 0 };
  const inputs = [
    [[1], [1]],
    [[1], [2]],
    [[1], [0]],
  ] as const;
  expect(compute("rmsprop", inputs, options, { learningRate: 0.1 })).toEqual([near([0.8]), [1]]);
});

test("the norm of the gradients is that of all of them together", () => {
  expect(compute("gradient_norm", [[[4], [1, -2, 4, 2]]])).toEqual([[5]]);
});

test("clipping scales the gradients before weight decay, and only when their norm is above the limit", () => {
  const step = (clipNorm: number) =>
    compute(
      "sgd",
      [
        [[2], [1, 1]],
        [[2], [3, -4]],
        [[], [5]],
      ],
      { momentum: 0, dampening: 0, nesterov: false, weightDecay: 1, clipNorm },
      { learningRate: 0.1 },
    )[0];
  // A factor of half, but for the 1e-6 that PyTorch adds to the norm.
  const factor = 2.5 / 5.000001;
  expect(step(2.5)).toEqual(near([1 - 0.1 * (3 * factor + 1), 1 - 0.1 * (-4 * factor + 1)]));
  expect(step(6)).toEqual(near([0.6, 1.3]));
});
