// The checker finds each way in which an exported file could be malformed.
import { describe, expect, it } from "vitest";
import { ArgumentError, PlanError } from "../../../lib/errors.js";
import { checkModel, chooseOpset, irVersionOf } from "../../../lib/onnx/check.js";
import type { OnnxModel, OnnxNode } from "../../../lib/onnx/model.js";
import { tinyModel } from "./tiny_model.js";

const add = tinyModel().graph.nodes[0]!;
const changed = (graph: Partial<OnnxModel["graph"]>): OnnxModel => ({
  ...tinyModel(),
  graph: { ...tinyModel().graph, ...graph },
});
const node = (fields: Partial<OnnxNode>): OnnxNode => ({ ...add, ...fields });

describe("checkModel", () => {
  it("passes a well-formed model", () => {
    expect(() => checkModel(tinyModel())).not.toThrow();
  });

  it("passes an optional input left out", () => {
    expect(() => checkModel(changed({ nodes: [node({ inputs: ["input", "", "shift"] })] }))).not.toThrow();
  });

  const initializer = tinyModel().graph.initializers[0]!;
  it.each<[string, OnnxModel, RegExp]>([
    [
      "a node before what it reads",
      changed({ nodes: [node({ name: "b", inputs: ["a"] }), node({ name: "a", outputs: ["a"] })] }),
      /reads "a"/,
    ],
    ["a value nobody defines", changed({ initializers: [] }), /reads "shift", which nothing before it defines/],
    ["two values of one name", changed({ nodes: [add, node({ name: "other" })] }), /"output" is defined twice/],
    [
      "an input named like an initializer",
      changed({ initializers: [initializer, { ...initializer, name: "input" }] }),
      /"input" is defined twice/,
    ],
    ["two nodes of one name", changed({ nodes: [add, node({ outputs: ["other"] })] }), /no name of its own/],
    [
      "an initializer of another size",
      changed({ initializers: [{ ...initializer, shape: [4] }] }),
      /shape \[4\] has 3 numbers/,
    ],
    [
      "a fraction as an int",
      changed({ nodes: [node({ attributes: { alpha: 0.5 } })] }),
      /attribute "alpha".*\{ float \}/,
    ],
    ["an output nobody computes", changed({ nodes: [] }), /no node computes the output "output"/],
    ["no output", changed({ outputs: [] }), /no output/],
    ["a shape of an unknown value", changed({ values: [{ name: "ghost", type: "float32", shape: [1] }] }), /"ghost"/],
    ["a node without output", changed({ nodes: [node({ outputs: [] })] }), /has no output/],
  ])("refuses %s", (_, model, message) => {
    expect(() => checkModel(model)).toThrow(PlanError);
    expect(() => checkModel(model)).toThrow(message);
  });
});

describe("opsets", () => {
  it("takes the lowest that suffices", () => {
    expect(chooseOpset(13, undefined)).toBe(17);
    expect(chooseOpset(20, undefined)).toBe(20);
    expect(chooseOpset(17, 21)).toBe(21);
  });

  it.each([16, 27, 17.5, Number.NaN])("refuses opset %d, which netwright does not write", (opset) => {
    expect(() => chooseOpset(17, opset)).toThrow(ArgumentError);
  });

  it("refuses one that the model's nodes exceed", () => {
    expect(() => chooseOpset(20, 18)).toThrow("opset 18: this model needs opset 20");
  });

  it("refuses a node whose form ended before the opset", () => {
    const old = { ...changed({ nodes: [node({ type: "ReduceMean" })] }), opset: 18 };
    expect(() => checkModel(old)).toThrow(/opset 18: node "shift_Add" \(ReduceMean\) has the form of opset 17/);
  });

  it("gives each opset the IR version of its release", () => {
    expect([17, 18, 19, 20, 21, 22, 23, 24, 25, 26].map(irVersionOf)).toEqual([8, 8, 9, 9, 10, 10, 11, 12, 13, 13]);
  });
});
