// Shape errors of ops: what was expected, what was found, both shapes, and what to do.
import { describe, expect, test } from "vitest";
import { PlanError, type Shape, ShapeError } from "../../../lib/errors.js";
import "../../../lib/ops/index.js";
import { type Attributes, opDefinition } from "../../../lib/ops/op.js";

const infer = (op: string, shapes: readonly Shape[], attributes: Attributes = {}) =>
  opDefinition(op).infer(
    shapes.map((shape) => ({ shape, dtype: "float32" })),
    attributes,
  );

const product = { ta: false, tb: false };
const window = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
const plainSgd = { momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 };
const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] };

const refused: readonly [string, readonly Shape[], Attributes, string][] = [
  [
    "matmul",
    [
      [-1, 4],
      [5, 3],
    ],
    product,
    "matmul: input has 4 columns, weight expects 5 (input [batch, 4], weight [5, 3]); make the two equal",
  ],
  [
    "matmul",
    [
      [-1, 8, 2, 2],
      [32, 3],
    ],
    product,
    "matmul: expects an input of rank 2 (input [batch, 8, 2, 2], weight [32, 3]); add flatten() in front",
  ],
  [
    "matmul",
    [[-1, 4], [4, 3], [4]],
    product,
    "matmul: expects a bias of [3], one per column (input [batch, 4], weight [4, 3], bias [4]); make it as long as the weight has columns",
  ],
  [
    "matmul",
    [
      [2, 4],
      [-1, 4],
    ],
    { ta: false, tb: true },
    "matmul: result [2, batch] has its batch behind the first axis (input [2, 4], weight [batch, 4]); transpose the operands",
  ],
  [
    "conv2d",
    [
      [-1, 3, 28, 28],
      [8, 1, 3, 3],
    ],
    window,
    "conv2d: input has 3 channels, weight expects 1 (input [batch, 3, 28, 28], weight [8, 1, 3, 3]); make the two equal",
  ],
  [
    "conv2d",
    [
      [-1, 3, 2, 2],
      [8, 3, 3, 3],
    ],
    window,
    "conv2d: kernel 3x3 with dilation 1x1 is larger than the padded image (input [batch, 3, 2, 2], weight [8, 3, 3, 3]); use a smaller kernel or more padding",
  ],
  [
    "conv2d",
    [
      [-1, 12],
      [8, 3, 3, 3],
    ],
    window,
    "conv2d: expects images [batch, channels, height, width] (input [batch, 12]); put it where values still have height and width",
  ],
  [
    "conv2d",
    [
      [-1, 3, 4, 4],
      [8, 1, 3, 3],
    ],
    { ...window, groups: 2 },
    "conv2d: 2 groups do not divide 3 channels and 8 filters (input [batch, 3, 4, 4], weight [8, 1, 3, 3]); choose groups that divide both",
  ],
  [
    "max_pool2d",
    [[-1, 3, 1, 4]],
    pool,
    "max_pool2d: kernel 2x2 is larger than the padded image (x [batch, 3, 1, 4]); use a smaller kernel or fewer pooling layers",
  ],
  [
    "max_pool2d",
    [[-1, 3, 4, 4]],
    { ...pool, padding: [0, 2, 0, 0] },
    "max_pool2d: padding [0, 2, 0, 0] is not smaller than the kernel 2x2 (x [batch, 3, 4, 4]); use less padding: a window needs a pixel",
  ],
  [
    "add",
    [
      [-1, 3],
      [-1, 4],
    ],
    {},
    "add: shapes differ (a [batch, 3], b [batch, 4]); make them equal; there is no broadcasting",
  ],
  [
    "standardize",
    [[-1, 3], [3], [4]],
    {},
    "standardize: expects one value per channel, [3] (x [batch, 3], mean [3], deviation [4]); make the vectors as long as axis 1",
  ],
  [
    "softmax",
    [[-1, 3, 2, 2]],
    {},
    "softmax: expects [batch, classes] (x [batch, 3, 2, 2]); add flatten() and dense() in front",
  ],
  [
    "mean_squared_error",
    [
      [-1, 3],
      [-1, 1],
    ],
    {},
    "mean_squared_error: shapes differ (prediction [batch, 3], target [batch, 1]); give the model as many outputs as the target has values",
  ],
  [
    "concat",
    [
      [-1, 3, 4, 4],
      [-1, 3, 4, 5],
    ],
    {},
    "concat: inputs differ outside axis 1 (x1 [batch, 3, 4, 4], x2 [batch, 3, 4, 5]); make all but the channels equal",
  ],
  [
    "slice",
    [[-1, 3]],
    { start: 2, end: 5 },
    "slice: channels 2 to 5 are not among 3 (x [batch, 3]); take start < end <= channels",
  ],
  [
    "unflatten",
    [[-1, 12]],
    { shape: [3, 2, 3] },
    "unflatten: expects [batch, 18] to make [3, 2, 3] (x [batch, 12]); choose a shape of as many elements",
  ],
  [
    "one_hot",
    [[-1]],
    { classes: 3 },
    "one_hot: expects class numbers [batch] of type int32, found float32 (index [batch]); give one class per row",
  ],
  [
    "gradient_norm",
    [[4, 3]],
    {},
    "gradient_norm: expects one dimension (gradients [4, 3]); use the flat view of all gradients",
  ],
  [
    "sgd",
    [[8], [8], [8]],
    { ...plainSgd, clipNorm: 1 },
    "sgd: expects the norm as one number (norm [8]); take it from gradient_norm",
  ],
  ["sgd", [[8], [9], []], { ...plainSgd, clipNorm: 1 }, "sgd: shapes differ (params [8], grads [9]); use views of"],
  ["dropout", [[-1, 3]], { rate: 1, stream: 0 }, "dropout: rate is 1, expected at least 0 and below 1"],
];

describe("a shape error names the op, both shapes and the remedy", () => {
  for (const [op, shapes, attributes, message] of refused)
    test(message, () => {
      expect(() => infer(op, shapes, attributes)).toThrow(ShapeError);
      expect(() => infer(op, shapes, attributes)).toThrow(message);
    });
});

describe("a malformed node is a plan error", () => {
  test("an attribute is missing", () => {
    expect(() =>
      infer("matmul", [
        [-1, 4],
        [4, 3],
      ]),
    ).toThrow(new PlanError('matmul: attribute "ta" is undefined, expected true or false'));
    expect(() => infer("affine", [[-1, 4]], { scale: 1 })).toThrow(
      new PlanError('affine: attribute "offset" is undefined, expected a number'),
    );
  });

  test("inputs are missing or too many", () => {
    expect(() => infer("relu", [])).toThrow(new PlanError("relu takes 1 inputs (x), found 0"));
    expect(() => infer("matmul", [[1, 1], [1, 1], [1], [1]], product)).toThrow(
      new PlanError("matmul takes up to 3 inputs (input, weight, bias), found 4"),
    );
  });

  test("a norm is missing, comes without a limit, or the limit is none", () => {
    const clipping = { ...plainSgd, clipNorm: 1 };
    expect(() => infer("sgd", [[8], [8]], clipping)).toThrow(
      new PlanError("sgd takes 3 inputs (params, grads, norm), found 2"),
    );
    expect(() => infer("sgd", [[8], [8], []], plainSgd)).toThrow(
      new PlanError("sgd takes 2 inputs (params, grads), found 3"),
    );
    expect(() => infer("sgd", [[8], [8], []], { ...clipping, clipNorm: 0 })).toThrow(
      new PlanError('sgd: attribute "clipNorm" is 0, expected above 0'),
    );
  });

  test("labels stand where numbers are expected", () => {
    expect(() => opDefinition("relu").infer([{ shape: [-1], dtype: "int32" }], {})).toThrow(
      new PlanError("relu: x is int32, expected float32"),
    );
  });
});

test("output shapes keep the batch", () => {
  const shapeOf = (op: string, shapes: readonly Shape[], attributes: Attributes) =>
    infer(op, shapes, attributes).map(({ shape }) => shape);
  expect(shapeOf("matmul", [[-1, 4], [4, 3], [3]], product)).toEqual([[-1, 3]]);
  expect(
    shapeOf(
      "matmul",
      [
        [-1, 4],
        [-1, 3],
      ],
      { ta: true, tb: false },
    ),
  ).toEqual([[4, 3]]);
  expect(
    shapeOf(
      "conv2d",
      [
        [-1, 3, 7, 8],
        [5, 3, 3, 3],
      ],
      { ...window, stride: [2, 2], padding: [1, 1, 1, 1] },
    ),
  ).toEqual([[-1, 5, 4, 4]]);
  expect(
    shapeOf(
      "conv2d",
      [
        [-1, 3, 7, 8],
        [5, 3, 3, 3],
      ],
      { ...window, dilation: [2, 3] },
    ),
  ).toEqual([[-1, 5, 3, 2]]);
  expect(shapeOf("max_pool2d", [[-1, 3, 7, 5]], pool)).toEqual([[-1, 3, 3, 2]]);
  expect(shapeOf("batch_norm", [[-1, 3, 7, 5], [3], [3]], { epsilon: 1e-5 })).toEqual([[-1, 3, 7, 5], [3], [3], [3]]);
  expect(
    shapeOf(
      "mean_squared_error",
      [
        [-1, 3],
        [-1, 3],
      ],
      {},
    ),
  ).toEqual([[]]);
});
