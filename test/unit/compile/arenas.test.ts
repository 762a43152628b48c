// Arenas: offsets, gradients and slots that mirror the parameters, flat views, and what is refused.
import { describe, expect, test } from "vitest";
import { addTrainingViews, assignArenas, finish } from "../../../lib/compile/arenas.js";
import { differentiate } from "../../../lib/compile/differentiate.js";
import { Graph } from "../../../lib/compile/graph.js";
import { ArgumentError, BATCH, PlanError } from "../../../lib/errors.js";
import type { ValueId } from "../../../lib/ops/op.js";

const zero = { kind: "constant", value: 0 } as const;

test("parameters and states get multiples of 16 in the order in which they were declared", () => {
  const g = new Graph();
  g.param("a", [3, 5], zero);
  g.state("mean", [17], zero);
  g.param("b", [16], zero);
  g.param("c", [], zero);
  g.state("variance", [1], zero);
  expect(assignArenas(g, 2)).toEqual({ param: 48, state: 48, slots: 2 });
  expect(g.values.map(({ name, offset }) => [name, offset])).toEqual([
    ["a", 0],
    ["mean", 0],
    ["b", 16],
    ["c", 32],
    ["variance", 32],
  ]);
});

function product() {
  const g = new Graph();
  const x = g.input("input", [BATCH, 2]);
  const target = g.input("target", [BATCH, 3]);
  const unused = g.param("unused", [20], zero);
  const weight = g.param("weight", [2, 3], zero);
  const loss = g.op("mean_squared_error", [g.op("matmul", [x, weight], { ta: false, tb: false }), target]);
  return { g, loss, parameters: [unused, weight] };
}

describe("training views", () => {
  test("gradients and slots mirror the parameters, flat views cover the arenas", () => {
    const { g, loss, parameters } = product();
    const sizes = assignArenas(g, 2);
    const views = addTrainingViews(g, sizes, differentiate(g, loss, parameters), ["m", "v"]);
    const placed = g.values.filter(({ offset }) => offset !== undefined);
    expect(placed.map(({ name, role, offset, slot, flat }) => [name, role, offset, slot, flat ?? false])).toEqual([
      ["unused", "param", 0, undefined, false],
      ["weight", "param", 32, undefined, false],
      ["weight.gradient", "grad", 32, undefined, false],
      ["unused.m", "slot", 0, 0, false],
      ["unused.v", "slot", 0, 1, false],
      ["weight.m", "slot", 32, 0, false],
      ["weight.v", "slot", 32, 1, false],
      ["parameters", "param", 0, undefined, true],
      ["gradients", "grad", 0, undefined, true],
      ["m", "slot", 0, 0, true],
      ["v", "slot", 0, 1, true],
    ]);
    expect(g.at(views.parameters)).toMatchObject({ name: "parameters", shape: [48] });
    expect(views.slots.map((id) => g.at(id).name)).toEqual(["m", "v"]);
  });

  test("two parameters with one gradient get a copy each", () => {
    const g = new Graph();
    const a = g.param("a", [3], zero);
    const b = g.param("b", [3], zero);
    const loss = g.op("mean_squared_error", [g.op("add", [a, b]), g.input("target", [3])]);
    const sizes = assignArenas(g);
    const gradients = differentiate(g, loss, [a, b]);
    expect(gradients.get(a)).toBe(gradients.get(b));
    addTrainingViews(g, sizes, gradients);
    const { nodes, values } = finish(g, sizes);
    expect(
      values.filter(({ role, flat }) => role === "grad" && !flat).map(({ name, offset }) => [name, offset]),
    ).toEqual([
      ["a.gradient", 0],
      ["b.gradient", 16],
    ]);
    expect(nodes.at(-1)).toMatchObject({ op: "affine", attributes: { scale: 1, offset: 0 } });
  });

  test("a model without parameters cannot be trained", () => {
    const g = new Graph();
    expect(() => addTrainingViews(g, assignArenas(g), new Map())).toThrow(ArgumentError);
    expect(() => addTrainingViews(g, assignArenas(g), new Map())).toThrow("the model has no parameters to train");
  });

  test("the optimizer's slots must be those that the arenas were made for", () => {
    const { g, loss, parameters } = product();
    const sizes = assignArenas(g, 1);
    expect(() => addTrainingViews(g, sizes, differentiate(g, loss, parameters), ["m", "v"])).toThrow(
      new PlanError("the arenas have 1 optimizer slots, the optimizer 2"),
    );
  });

  test("a gradient of another shape is refused", () => {
    const g = new Graph();
    const p = g.param("p", [3], zero);
    const other = g.op("constant", [], { value: 1 });
    const sizes = assignArenas(g);
    expect(() => addTrainingViews(g, sizes, new Map<ValueId, ValueId>([[p, other]]))).toThrow(
      new PlanError('gradient of "p" has another shape (gradient [], parameter [3])'),
    );
  });
});

test("a plan is not finished without arenas", () => {
  const g = new Graph();
  g.param("p", [3], zero);
  expect(() => finish(g, { param: 0, state: 0, slots: 0 })).toThrow('value "p" (param) has no place in its arena');
});
