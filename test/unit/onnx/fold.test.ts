// Constants are folded where that is trivial, and nowhere else.
import { describe, expect, it } from "vitest";
import { foldConstants } from "../../../lib/onnx/fold.js";
import type { OnnxNode } from "../../../lib/onnx/model.js";

const mean = { name: "mean", data: Float32Array.of(1, 2), shape: [2] };
const node = (type: string, inputs: string[], output: string, attributes: OnnxNode["attributes"] = {}): OnnxNode => ({
  name: output,
  type,
  inputs,
  outputs: [output],
  attributes,
});
const use = (name: string) => node("Sub", ["x", name], "y");

describe("foldConstants", () => {
  it.each([
    ["Reshape", [1, 2, 1, 1], [1, 2, 1, 1]],
    ["Unsqueeze", [0, 2, 3], [1, 2, 1, 1]],
    ["Unsqueeze", [-1], [2, 1]],
  ])("gives a weight the shape of %s %j, and leaves it its name", (type, argument, shape) => {
    const sizes = { name: "sizes", data: BigInt64Array.from(argument, BigInt), shape: [argument.length] };
    const nodes = [node(type, ["mean", "sizes"], "column"), use("column")];
    const folded = foldConstants({ nodes, initializers: [mean, sizes] }, new Set(["y"]));
    expect(folded).toEqual({ nodes: [use("mean")], initializers: [{ ...mean, shape }] });
  });

  it("gives a new name to a second shape of a weight", () => {
    const sizes = { name: "sizes", data: BigInt64Array.of(2n, 1n), shape: [2] };
    const nodes = [node("Reshape", ["mean", "sizes"], "column"), node("Sub", ["column", "mean"], "y")];
    const folded = foldConstants({ nodes, initializers: [mean, sizes] }, new Set(["y"]));
    expect(folded.initializers).toEqual([mean, { ...mean, name: "column", shape: [2, 1] }]);
    expect(folded.nodes).toEqual([nodes[1]]);
  });

  it("turns a float Constant into an initializer", () => {
    const nodes = [node("Constant", [], "half", { value_float: { float: 0.5 } }), use("half")];
    expect(foldConstants({ nodes, initializers: [] }, new Set(["y"]))).toEqual({
      nodes: [nodes[1]],
      initializers: [{ name: "half", data: Float32Array.of(0.5), shape: [] }],
    });
  });

  it("follows a chain", () => {
    const nodes = [node("Identity", ["mean"], "a"), node("Identity", ["a"], "b"), use("b")];
    expect(foldConstants({ nodes, initializers: [mean] }, new Set(["y"]))).toEqual({
      nodes: [use("mean")],
      initializers: [mean],
    });
  });

  it("leaves what depends on the input, what computes, and outputs", () => {
    const sizes = { name: "sizes", data: BigInt64Array.of(-1n, 2n), shape: [2] };
    const nodes = [node("Reshape", ["x", "sizes"], "a"), node("Exp", ["mean"], "b"), node("Identity", ["mean"], "y")];
    expect(foldConstants({ nodes, initializers: [mean, sizes] }, new Set(["y"])).nodes).toEqual(nodes);
  });

  it("drops what no node reads", () => {
    expect(
      foldConstants({ nodes: [use("mean")], initializers: [mean, { ...mean, name: "unused" }] }, new Set(["y"]))
        .initializers,
    ).toEqual([mean]);
  });
});
