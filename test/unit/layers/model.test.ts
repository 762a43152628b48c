// Models: names of nodes, JSON, and what is said when layers do not fit.
import { describe, expect, it } from "vitest";
import { Graph } from "../../../lib/compile/graph.js";
import { ArgumentError, ShapeError } from "../../../lib/errors.js";
import {
  batchNorm,
  conv2d,
  defineLayer,
  dense,
  dropout,
  flatten,
  gaussian,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  type Model,
  parallel,
  readModel,
  relu,
  repeat,
  residual,
  sequential,
  softmax,
  standardize,
} from "../../../lib/layers/index.js";
import { lowerModel } from "../../../lib/layers/lower.js";

/** sequential() without the types' help, as a script in JavaScript calls it. */
const define = (shape: number[], layers: LayerSpec[]): Model => sequential(shape, layers);

/** Shape of a row after the model's last layer. */
function outputShape(model: Model): readonly number[] {
  const g = new Graph();
  return g.at(lowerModel(g, model, false).predictions.raw).shape.slice(1);
}

describe("a model", () => {
  it("names its nodes by kind and number, and leaves given names alone", () => {
    const model = define(
      [1, 8, 8],
      [conv2d(2, { kernel: 3 }), conv2d(2, { kernel: 3, name: "conv2d_2" }), conv2d(2, { kernel: 3 }), flatten()],
    );
    expect(model.nodes.map(({ name, from }) => [name, ...from])).toEqual([
      ["conv2d_1", "input"],
      ["conv2d_2", "conv2d_1"],
      ["conv2d_3", "conv2d_2"],
      ["flatten_1", "conv2d_3"],
    ]);
    expect(model.outputs).toEqual(["flatten_1"]);
  });

  it("connects residual, parallel and repeat as plain nodes", () => {
    const model = define([4], [residual([dense(4), relu()]), parallel([[dense(2)], []]), repeat(2, [dense(6)])]);
    expect(model.nodes.map(({ name, from }) => [name, ...from])).toEqual([
      ["dense_1", "input"],
      ["relu_1", "dense_1"],
      ["add_1", "relu_1", "input"],
      ["dense_2", "add_1"],
      ["concat_1", "dense_2", "add_1"],
      ["dense_3", "concat_1"],
      ["dense_4", "dense_3"],
    ]);
  });

  it("is frozen all the way down and JSON as it stands", () => {
    const model = define(
      [3, 8, 8],
      [
        residual([conv2d(3, { kernel: 3, padding: "same" }), batchNorm()]),
        flatten(),
        dense(2, { name: "last" }),
        softmax(),
      ],
    );
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(model)).toBe(true);
    const copy = readModel(JSON.parse(JSON.stringify(model)));
    expect(copy).toEqual(model);
    expect(frozen(copy)).toBe(true);
  });

  it("may use one spec several times", () => {
    const layer = dense(4);
    expect(define([4], [layer, layer]).nodes.map(({ name }) => name)).toEqual(["dense_1", "dense_2"]);
  });

  it.each([
    [[1, 5, 6], conv2d(3, { kernel: 3, padding: "same", stride: 2 }), [3, 3, 3]],
    [[1, 5, 6], conv2d(3, { kernel: 2, padding: "same", stride: [2, 3] }), [3, 3, 2]],
    [[1, 5, 6], conv2d(3, { kernel: 3, dilation: 2 }), [3, 1, 2]],
    [[1, 5, 6], conv2d(3, { kernel: 3, padding: [1, 0, 2, 1] }), [3, 6, 5]],
    [[1, 5, 6], maxPool2d(2), [1, 2, 3]],
    [[1, 5, 6], maxPool2d(3, { stride: 2, padding: "same" }), [1, 3, 3]],
    [[4, 5, 6], globalAveragePool2d(), [4]],
    [[4, 5, 6], flatten(), [120]],
  ])("of input %j and %j gives %j", (shape, layer, expected) => {
    expect(outputShape(define(shape, [layer]))).toEqual(expected);
  });

  it("pads an odd pixel at the bottom and right, as ONNX's SAME_UPPER", () => {
    const g = new Graph();
    lowerModel(g, define([1, 6, 5], [conv2d(1, { kernel: [2, 4], padding: "same", stride: [1, 2] })]), false);
    expect(g.nodes[0]?.attributes.padding).toEqual([0, 1, 1, 2]);
  });

  it("takes layers of the user's own", () => {
    defineLayer({
      kind: "double",
      lower: ({ g }, { factor }: LayerSpec & { factor: number }, [x]) =>
        g.op("affine", [x as number], { scale: factor, offset: 0 }),
    });
    const model = define([4], [{ kind: "double", factor: 2 } as LayerSpec, dense(1)]);
    expect(model.nodes[0]).toEqual({ name: "double_1", layer: { kind: "double", factor: 2 }, from: ["input"] });
    expect(readModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });
});

describe("layers that do not fit", () => {
  it.each([
    [
      [8, 16, 16],
      [relu(), maxPool2d(1), dense(10)],
      'dense "dense_1" (layer 3 of the model): expects [features], got [8, 16, 16]; add flatten() before it',
    ],
    [
      [8, 4, 4],
      [dense(10, { name: "head" })],
      'dense "head" (layer 1 of the model): expects [features], got [8, 4, 4]; add flatten() before it',
    ],
    [
      [4],
      [conv2d(8, { kernel: 3 })],
      'conv2d "conv2d_1" (layer 1 of the model): expects [channels, height, width], got [4]',
    ],
    [
      [4],
      [maxPool2d(2)],
      'maxPool2d "max_pool2d_1" (layer 1 of the model): expects [channels, height, width], got [4]',
    ],
    [
      [4],
      [globalAveragePool2d()],
      'globalAveragePool2d "global_average_pool2d_1" (layer 1 of the model): expects [channels, height, width], got [4]',
    ],
    [
      [1, 4, 4],
      [conv2d(8, { kernel: 5 })],
      'conv2d "conv2d_1" (layer 1 of the model): expects an image that holds its window of 5 x 5, got 4 x 4 with padding [0, 0, 0, 0]; use padding: "same", a smaller window or fewer layers that shrink the image',
    ],
    [
      [1, 4, 4],
      [maxPool2d(2), maxPool2d(2), maxPool2d(2)],
      'maxPool2d "max_pool2d_3" (layer 3 of the model): expects an image that holds its window of 2 x 2, got 1 x 1 with padding [0, 0, 0, 0]; use padding: "same", a smaller window or fewer layers that shrink the image',
    ],
    [
      [1, 8, 8],
      [maxPool2d(2, { padding: 2 })],
      'maxPool2d "max_pool2d_1" (layer 1 of the model): expects padding smaller than its window of 2 x 2, got [2, 2, 2, 2]',
    ],
    [
      [3, 8, 8],
      [conv2d(4, { kernel: 1, groups: 2 })],
      'conv2d "conv2d_1" (layer 1 of the model): expects input channels that can be divided into 2 groups, got 3; change groups or the number',
    ],
    [
      [2, 8, 8],
      [conv2d(3, { kernel: 1, groups: 2 })],
      'conv2d "conv2d_1" (layer 1 of the model): expects filters that can be divided into 2 groups, got 3; change groups or the number',
    ],
    [
      [4],
      [dense(3), softmax(), dense(2)],
      'softmax "softmax_1" (layer 2 of the model): expects to be the last layer, got one after it; softmax() is a head, move it to the end',
    ],
    [
      [4],
      [dense(3), standardize()],
      'standardize "standardize_1" (layer 2 of the model): expects to be the first layer, got one before it; move standardize() to the start',
    ],
    [
      [8, 4, 4],
      [softmax()],
      'softmax "softmax_1" (layer 1 of the model): expects [features], got [8, 4, 4]; add flatten() before it',
    ],
    [
      [4],
      [dense(3), gaussian()],
      'gaussian "gaussian_1" (layer 2 of the model): expects two values per target (first all means, then all log sigma^2), got [3]; put dense(2) before it for one target',
    ],
    [
      [4],
      [residual([dense(3)])],
      'add "add_1" (layer 2 of the model): expects layers that keep the shape, got [3] from the layers and [4] from the shortcut; give residual() a shortcut such as { shortcut: [conv2d(filters, { kernel: 1 })] }',
    ],
    [
      [1, 4, 4],
      [parallel([[maxPool2d(2)], []])],
      'concat "concat_1" (layer 2 of the model): expects branches that agree in all but channels, got [1, 2, 2] and [1, 4, 4]',
    ],
  ] as [number[], LayerSpec[], string][])("%j", (shape, layers, message) => {
    expect(() => define(shape, layers)).toThrow(ShapeError);
    expect(() => define(shape, layers)).toThrow(new ShapeError(message));
  });

  it("two layers of one name are refused", () => {
    expect(() => define([4], [dense(3, { name: "a" }), dense(3, { name: "a" })])).toThrow(
      new ArgumentError('there are two layers called "a"; give each a name of its own, or none'),
    );
  });
});

describe("a model from a file", () => {
  const good = () => JSON.parse(JSON.stringify(define([4], [dense(3), dropout(0.5), dense(2)])));
  it.each([
    ["no object", () => [], "model: expects an object, got []"],
    ["null", () => null, "model: expects an object, got null"],
    ["two inputs", () => ({ ...good(), inputs: [1, 2] }), "model: expects one input, got [1,2]"],
    [
      "another input's name",
      () => ({ ...good(), inputs: [{ name: "x", shape: [4] }] }),
      'model: expects an input called "input", got {"name":"x","shape":[4]}',
    ],
    [
      "a wrong input shape",
      () => ({ ...good(), inputs: [{ name: "input", shape: [-4] }] }),
      "the input shape is that of one row, [features] or [channels, height, width] of positive whole numbers, got [-4]",
    ],
    ["no nodes", () => ({ ...good(), nodes: [] }), "model: expects a list of nodes, got []"],
    ["a node that is no object", () => ({ ...good(), nodes: [3] }), "model: expects nodes to be objects, got 3"],
    [
      "a node without layer",
      () => ({ ...good(), nodes: [{ name: "a", from: ["input"] }] }),
      'model: node "a" has no layer',
    ],
    [
      "a layer unknown here",
      () => edit((m) => (m.nodes[0].layer.kind = "swish")),
      'there is no layer "swish"; register it with defineLayer() before it is used',
    ],
    [
      "an option out of range",
      () => edit((m) => (m.nodes[0].layer.units = -3)),
      "dense: units must be a positive whole number, got -3",
    ],
    [
      "an unknown option",
      () => edit((m) => (m.nodes[0].layer.unit = 3)),
      'dense: unknown option "unit"; it has units, bias, init, name',
    ],
    [
      "a name with a dot",
      () => edit((m) => (m.nodes[0].name = "a.b")),
      'dense: name must be letters, digits, "_" and "-", and not "input" or "target", got "a.b"',
    ],
    ["no name", () => edit((m) => delete m.nodes[0].name), 'model: a node of kind "dense" has no name'],
    [
      "two nodes of one name",
      () => edit((m) => (m.nodes[2].name = "dense_1")),
      'model: there are two nodes called "dense_1"',
    ],
    [
      "a node from the future",
      () => edit((m) => (m.nodes[0].from = ["dense_2"])),
      'model: node "dense_1" takes "dense_2", which is not before it',
    ],
    ["a node from nowhere", () => edit((m) => (m.nodes[0].from = [])), 'model: node "dense_1" takes no values'],
    [
      "another output",
      () => edit((m) => (m.outputs = ["dense_1"])),
      'model: expects its last node "dense_2" as the only output, got ["dense_1"]',
    ],
    [
      "shapes that do not fit",
      () => edit((m) => (m.inputs[0].shape = [1, 4, 4])),
      'dense "dense_1" (layer 1 of the model): expects [features], got [1, 4, 4]; add flatten() before it',
    ],
    [
      "two inputs of a layer with one",
      () => edit((m) => (m.nodes[2].from = ["dense_1", "input"])),
      'dense "dense_2" (layer 3 of the model): expects one input, got 2',
    ],
  ])("with %s is refused", (_what, make, message) => {
    expect(() => readModel(make())).toThrow(message);
  });

  // biome-ignore lint/suspicious/noExplicitAny: an altered file has any shape
  function edit(change: (model: any) => void): unknown {
    const model = good();
    change(model);
    return model;
  }
});
