// Options of layers: defaults, forms in which they may be written, and what is said of those that cannot be used.
import { describe, expect, it } from "vitest";
import {
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  gaussian,
  maxPool2d,
  parallel,
  relu,
  repeat,
  residual,
  sequential,
  softmax,
  standardize,
} from "../../../lib/layers/index.js";
import { ArgumentError } from "../../../lib/errors.js";

/** A call as a script without types could make it. */
const call = (factory: unknown, ...args: unknown[]) => (factory as (...args: unknown[]) => unknown)(...args);

describe("specs", () => {
  it("hold every option with its default, frozen", () => {
    const spec = conv2d(8, { kernel: 3 });
    expect(spec).toEqual({
      kind: "conv2d",
      filters: 8,
      kernel: [3, 3],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      bias: true,
      init: "fanIn",
    });
    expect(Object.isFrozen(spec)).toBe(true);
    expect(Object.isFrozen(spec.kernel)).toBe(true);
    expect(dense(3)).toEqual({ kind: "dense", units: 3, bias: true, init: "fanIn" });
    expect(maxPool2d(2)).toEqual({ kind: "max_pool2d", size: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] });
    expect(averagePool2d([2, 3])).toEqual({
      kind: "average_pool2d",
      size: [2, 3],
      stride: [2, 3],
      padding: [0, 0, 0, 0],
      countIncludePad: true,
    });
    expect(batchNorm()).toEqual({ kind: "batch_norm", epsilon: 1e-5, momentum: 0.1 });
    expect(relu({ name: "kink" })).toEqual({ kind: "relu", name: "kink" });
  });

  it("do not keep hold of arrays of the user's", () => {
    const kernel: [number, number] = [3, 3];
    const spec = conv2d(8, { kernel });
    kernel[0] = 5;
    expect(spec.kernel).toEqual([3, 3]);
    expect(Object.isFrozen(kernel)).toBe(false);
  });

  it("take an undefined option as one that was left out", () => {
    expect(call(dense, 3, { bias: undefined })).toEqual(dense(3));
  });

  it.each([
    ["valid", [0, 0, 0, 0]],
    ["same", "same"],
    [2, [2, 2, 2, 2]],
    [
      [1, 2],
      [1, 2, 1, 2],
    ],
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
  ] as const)("keep padding %j as %j", (padding, kept) => {
    expect(conv2d(1, { kernel: 3, padding }).padding).toEqual(kept);
  });
});

describe("an option that cannot be used", () => {
  const PADDING =
    'conv2d: padding must be "same", "valid", a whole number, [vertical, horizontal] or [top, left, bottom, right], got';
  it.each([
    [() => dense(0), "dense: units must be a positive whole number, got 0"],
    [() => dense(2.5), "dense: units must be a positive whole number, got 2.5"],
    [() => dense(Number.NaN), "dense: units must be a positive whole number, got NaN"],
    [() => call(dense), "dense: units must be a positive whole number, got nothing"],
    [() => call(dense, "10"), 'dense: units must be a positive whole number, got "10"'],
    [() => call(dense, 3, { bias: 1 }), "dense: bias must be true or false, got 1"],
    [
      () => call(dense, 3, { init: "he" }),
      'dense: init must be one of "fanIn", "kaimingUniform", "kaimingNormal", "xavierUniform", "xavierNormal", "zeros", got "he"',
    ],
    [
      () => call(dense, 3, { activation: "relu" }),
      'dense: unknown option "activation"; it has units, bias, init, name',
    ],
    [
      () => dense(3, { name: "a.b" }),
      'dense: name must be letters, digits, "_" and "-", and not "input" or "target", got "a.b"',
    ],
    [
      () => dense(3, { name: "input" }),
      'dense: name must be letters, digits, "_" and "-", and not "input" or "target", got "input"',
    ],
    [() => conv2d(-1, { kernel: 3 }), "conv2d: filters must be a positive whole number, got -1"],
    [
      () => call(conv2d, 8),
      "conv2d: kernel must be a positive whole number or two of them, [vertical, horizontal], got nothing",
    ],
    [
      () => call(conv2d, 8, { kernel: [3, 3, 3] }),
      "conv2d: kernel must be a positive whole number or two of them, [vertical, horizontal], got [3,3,3]",
    ],
    [
      () => conv2d(8, { kernel: 3, stride: 0 }),
      "conv2d: stride must be a positive whole number or two of them, [vertical, horizontal], got 0",
    ],
    [() => conv2d(8, { kernel: 3, groups: 1.5 }), "conv2d: groups must be a positive whole number, got 1.5"],
    [() => conv2d(8, { kernel: 3, padding: -1 }), `${PADDING} -1`],
    [() => call(conv2d, 8, { kernel: 3, padding: "full" }), `${PADDING} "full"`],
    [() => call(conv2d, 8, { kernel: 3, padding: [1, 2, 3] }), `${PADDING} [1,2,3]`],
    [
      () => maxPool2d(0),
      "maxPool2d: size must be a positive whole number or two of them, [vertical, horizontal], got 0",
    ],
    [
      () => call(averagePool2d, 2, { countIncludePad: "yes" }),
      'averagePool2d: countIncludePad must be true or false, got "yes"',
    ],
    [() => batchNorm({ epsilon: 0 }), "batchNorm: epsilon must be a number above 0, got 0"],
    [() => batchNorm({ momentum: 1.1 }), "batchNorm: momentum must be a number at least 0 and at most 1, got 1.1"],
    [() => dropout(1), "dropout: rate must be a number at least 0 and below 1, got 1"],
    [() => dropout(-0.1), "dropout: rate must be a number at least 0 and below 1, got -0.1"],
    [() => call(dropout), "dropout: rate must be a number at least 0 and below 1, got nothing"],
    [() => call(flatten, { start: 1 }), 'flatten: unknown option "start"; it has name'],
    [() => call(relu, 5), "relu: expects an object of options, got 5"],
    [() => residual([]), "residual: expects at least one layer, got an empty list"],
    [() => call(residual, [relu()], { projection: [] }), 'residual: unknown option "projection"; it has shortcut'],
    [() => call(residual, relu()), 'residual: expects a list of layers, got {"kind":"relu"}'],
    [() => call(parallel, []), "parallel: expects a list of stacks, got []"],
    [() => call(parallel, [relu()]), 'parallel: expects a list of layers, got {"kind":"relu"}'],
    [() => repeat(0, [relu()]), "repeat: times must be a positive whole number, got 0"],
    [() => call(sequential, [4], relu()), 'sequential: expects a list of layers, got {"kind":"relu"}'],
    [() => sequential([4], []), "sequential: expects at least one layer, got an empty list"],
    [() => call(sequential, [4], [relu]), "sequential: layer 1 is a function; call it, as in relu()"],
    [
      () => call(sequential, [4], [dense(2), [relu()]]),
      "sequential: layer 2 is a list; spread it, as in [...block(8), flatten()]",
    ],
    [() => call(sequential, [4], [undefined]), "sequential: layer 1 is no layer, got nothing"],
    [
      () => call(sequential, [4], [{ kind: "swish" }]),
      'there is no layer "swish"; register it with defineLayer() before it is used',
    ],
  ])("%s is refused", (make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(new ArgumentError(message));
  });

  it.each([[[]], [[0]], [[4, 4]], [[1, 2, 3, 4]], [[1.5]], ["4"], [undefined]])(
    "input shape %j is refused",
    (shape) => {
      expect(() => call(sequential, shape, [relu()])).toThrow(
        /^the input shape is that of one row, \[features\] or \[channels, height, width\] of positive whole numbers, got /,
      );
    },
  );
});

it("heads and scaling have no options but a name", () => {
  expect([softmax(), gaussian(), standardize({ name: "scale" })]).toEqual([
    { kind: "softmax" },
    { kind: "gaussian" },
    { kind: "standardize", name: "scale" },
  ]);
});
