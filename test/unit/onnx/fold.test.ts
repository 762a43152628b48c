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
    ["Reshape", [-0 + 1, 2, 1, 1], [1, 2, 1, 1]],
    ["Unsqueeze", [0, 2, 3], [1, 2, 1, 1]],
    ["Unsqueeze", [-1], [2, 1]],
  ])("gives an initializer the shape of %s %j", (type, argument, shape) => {
    const sizes = { name: "sizes", data: BigInt64Array.from(argument, BigInt), shape: [argument.length] };
    const nodes = [node(type, ["mean", "sizes"], "column"), use("column")];
    const folded = foldConstants({ nodes, initializers: [mean, sizes] }, new Set(["y"]));
    expect(folded.nodes.map((one) => one.type)).toEqual(["Sub"]);
    expect(folded.initializers).toEqual([{ name: "column", data: mean.data, shape }]);
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
    expect(foldConstants({ nodes, initializers: [mean] }, new Set(["y"])).initializers).toEqual([
      { ...mean, name: "b" },
    ]);
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
