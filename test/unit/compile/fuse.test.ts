// Fusion: which ops become one, when they must not, and that no number changes.
import { describe, expect, test } from "vitest";
import { addTrainingViews, assignArenas } from "../../../lib/compile/arenas.js";
import { differentiate } from "../../../lib/compile/differentiate.js";
import { Graph } from "../../../lib/compile/graph.js";
import { fuse } from "../../../lib/compile/passes/fuse.js";
import { prune } from "../../../lib/compile/prune.js";
import { evaluate } from "../../../lib/compile/reference.js";
import { BATCH } from "../../../lib/errors.js";
import type { ValueId } from "../../../lib/ops/op.js";

const spread = { kind: "uniform", low: -1, high: 1 } as const;
const POOL = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] };
const WINDOW = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
const BATCH_ROWS = 3;

interface Built {
  readonly g: Graph;
  /** What is compared with a target to train. */
  readonly y: ValueId;
}

function start(shape: readonly number[]): { g: Graph; x: ValueId } {
  const g = new Graph();
  return { g, x: g.input("input", [BATCH, ...shape]) };
}

/** Convolution with bias and batch norm, both with parameters of their own. */
function normalized(g: Graph, x: ValueId, name: string, training = true): ValueId[] {
  const channels = g.typeOf(x).shape[1] as number;
  g.label = name;
  const weight = g.param(`${name}.weight`, [channels, channels, 3, 3], spread);
  const bias = g.param(`${name}.bias`, [channels], spread);
  const scale = g.param(`${name}.scale`, [channels], { kind: "constant", value: 0.7 });
  const shift = g.param(`${name}.shift`, [channels], { kind: "constant", value: 0.1 });
  const y = g.op("conv2d", [x, weight, bias], WINDOW);
  if (training) return g.opAll("batch_norm", [y, scale, shift], { epsilon: 1e-5 });
  const mean = g.state(`${name}.mean`, [channels], { kind: "constant", value: 0.2 });
  const variance = g.state(`${name}.variance`, [channels], { kind: "constant", value: 1.5 });
  return [g.op("batch_norm_inference", [y, scale, shift, mean, variance], { epsilon: 1e-5 })];
}

/** Fused and not, both pruned; the gradients of all parameters are part of it. */
function both({ g, y }: Built) {
  const target = g.input("target", g.typeOf(y).shape);
  const loss = g.mark(g.op("mean_squared_error", [y, target]), "metric", "loss");
  const parameters = [...g.values.keys()].filter((id) => g.at(id).role === "param");
  const sizes = assignArenas(g, 0);
  addTrainingViews(g, sizes, differentiate(g, loss, parameters), []);
  const plain = prune(g.values, g.nodes);
  const joined = fuse(plain.values, plain.nodes);
  return { plain, fused: prune(joined.values, joined.nodes) };
}

function ops({ nodes }: { readonly nodes: readonly { readonly op: string }[] }): string[] {
  return nodes.map(({ op }) => op);
}

function expectSameNumbers({ plain, fused }: ReturnType<typeof both>): void {
  const inputs = Object.fromEntries(
    plain.values
      .filter(({ role }) => role === "input")
      .map(({ name, shape }) => {
        const size = shape.reduce((product, dimension) => product * (dimension === BATCH ? BATCH_ROWS : dimension), 1);
        return [name, Array.from({ length: size }, (_, i) => Math.sin(i * i + name.length))];
      }),
  );
  const [before, after] = [plain, fused].map((program) => evaluate(program, { batch: BATCH_ROWS, values: inputs }));
  for (const { name, role } of plain.values) {
    if (role !== "grad" && role !== "metric") continue;
    for (const [i, expected] of before![name]!.entries())
      expect(after![name]![i], `${name}[${i}]`).toBeCloseTo(expected, 10);
  }
}

describe("batch norm", () => {
  test("with relu and 2x2 pooling becomes one op, forward and backward", () => {
    const { g, x } = start([2, 4, 6]);
    const [z] = normalized(g, x, "first") as [ValueId];
    const plans = both({ g, y: g.op("max_pool2d", [g.op("relu", [z])], POOL) });
    expect(ops(plans.fused).filter((op) => /norm|relu|pool/.test(op))).toEqual([
      "batch_norm_relu",
      "batch_norm_relu_grad",
    ]);
    expect(plans.fused.nodes.find(({ op }) => op === "batch_norm_relu")?.attributes).toEqual({
      epsilon: 1e-5,
      window: 2,
    });
    expectSameNumbers(plans);
  });

  test("with an odd height keeps its pooling", () => {
    const { g, x } = start([2, 5, 6]);
    const [z] = normalized(g, x, "first") as [ValueId];
    const plans = both({ g, y: g.op("max_pool2d", [g.op("relu", [z])], POOL) });
    expect(ops(plans.fused)).toContain("max_pool2d");
    expect(plans.fused.nodes.find(({ op }) => op === "batch_norm_relu")?.attributes.window).toBe(1);
    expectSameNumbers(plans);
  });

  test("with a residual becomes one op that hands the residual its gradient", () => {
    const { g, x } = start([2, 3, 3]);
    const [first] = normalized(g, x, "first") as [ValueId];
    const shortcut = g.op("relu", [first]);
    const [second] = normalized(g, shortcut, "second") as [ValueId];
    const plans = both({ g, y: g.op("relu", [g.op("add", [second, shortcut])]) });
    expect(ops(plans.fused).filter((op) => op === "batch_norm_relu")).toHaveLength(2);
    expect(ops(plans.fused)).not.toContain("relu_grad");
    expect(
      plans.fused.nodes.find(({ op, in: inputs }) => op === "batch_norm_relu_grad" && inputs.length === 7)?.out,
    ).toHaveLength(4);
    expectSameNumbers(plans);
  });

  test("added to itself is left alone", () => {
    const { g, x } = start([2, 3, 3]);
    const [z] = normalized(g, x, "first") as [ValueId];
    const plans = both({ g, y: g.op("relu", [g.op("add", [z, z])]) });
    expect(ops(plans.fused)).toContain("batch_norm");
    expectSameNumbers(plans);
  });

  test("whose result somebody else reads is left alone", () => {
    const { g, x } = start([2, 4, 4]);
    const [z] = normalized(g, x, "first") as [ValueId];
    const plans = both({ g, y: g.op("multiply", [g.op("relu", [z]), g.op("sigmoid", [z])]) });
    expect(ops(plans.fused)).toContain("batch_norm");
    expectSameNumbers(plans);
  });

  test("in front of pooling that somebody else shares keeps its pooling", () => {
    const { g, x } = start([2, 4, 4]);
    const [z] = normalized(g, x, "first") as [ValueId];
    const r = g.op("relu", [z]);
    const wide = g.op("max_pool2d", [r], { ...POOL, stride: [1, 1], padding: [1, 1, 0, 0] });
    const plans = both({ g, y: g.op("multiply", [wide, r]) });
    expect(ops(plans.fused)).toContain("max_pool2d");
    expect(ops(plans.fused)).toContain("batch_norm_relu");
    expectSameNumbers(plans);
  });

  test("makes the gradient of the bias in front of it zeros instead of a sum", () => {
    const { g, x } = start([2, 3, 3]);
    const [z] = normalized(g, x, "first") as [ValueId];
    const plans = both({ g, y: g.op("relu", [z]) });
    expect(ops(plans.plain)).toContain("channel_sum");
    expect(ops(plans.fused)).not.toContain("channel_sum");
    expectSameNumbers(plans);
  });
});

describe("products", () => {
  test("take a stored normalisation and a relu into their stores", () => {
    const { g, x } = start([2, 4, 4]);
    const [z] = normalized(g, x, "first", false) as [ValueId];
    g.mark(g.op("relu", [z]), "output", "output");
    const plain = prune(g.values, g.nodes);
    const joined = fuse(plain.values, plain.nodes);
    const fused = prune(joined.values, joined.nodes);
    expect(ops(fused)).toEqual(["batch_norm_fold", "conv2d"]);
    const input = Array.from({ length: 64 }, (_, i) => Math.cos(i * i));
    const [before, after] = [plain, fused].map((program) => evaluate(program, { batch: 2, values: { input } }).output);
    for (const [i, expected] of before!.entries()) expect(after![i]).toBeCloseTo(expected, 10);
  });

  test("take a relu in training too, whose gradient stays", () => {
    const { g, x } = start([4]);
    const weight = g.param("weight", [4, 3], spread);
    const plans = both({ g, y: g.op("relu", [g.op("matmul", [x, weight], { ta: false, tb: false })]) });
    expect(ops(plans.fused).filter((op) => op.startsWith("relu"))).toEqual(["relu_grad"]);
    expectSameNumbers(plans);
  });

  test("that are outputs themselves are left alone", () => {
    const { g, x } = start([4]);
    const weight = g.param("weight", [4, 3], spread);
    const y = g.op("matmul", [x, weight], { ta: false, tb: false });
    g.mark(g.op("relu", [y]), "output", "rectified");
    g.mark(y, "output", "raw");
    const { values, nodes } = prune(g.values, g.nodes);
    expect(ops(fuse(values, nodes))).toEqual(["matmul", "relu"]);
  });
});
