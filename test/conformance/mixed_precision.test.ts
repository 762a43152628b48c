// A whole training step in bfloat16, node by node: what the native step made of each node's operands against the float64
// definition on those very operands. End to end the two part ways (an operand a float32's rounding apart falls on the other
// side of a tie, then a relu or pooling window decides otherwise; lib/compile/README.md has the numbers), so that a wrong
// term could hide in it. Node by node nothing can.
import { describe, expect, it } from "vitest";
import { digitNetwork, priceAndSigmaNetwork } from "../../examples/networks.js";
import { type CompileOptions, compile } from "../../lib/compile/compile.js";
import type { Plan } from "../../lib/compile/plan.js";
import { datasets } from "../../lib/data/index.js";
import type { Model } from "../../lib/layers/index.js";
import { gaussianNll, mse } from "../../lib/losses/index.js";
import { opDefinition, type ValueId } from "../../lib/ops/op.js";
import { sgd } from "../../lib/optimizers/index.js";
import { loadNative } from "../../lib/runtime/native.js";
import { NODE_OF_STEP, relativeDistance } from "./tolerance.js";

const SEED = 3;
const { instructionSet, instructionSets } = loadNative().info();

interface Rows {
  readonly input: Float32Array;
  readonly target: Float32Array | Int32Array;
}

/** The training plan with every intermediate value handed out. */
function observable(model: unknown, options: CompileOptions): Plan {
  const optimizer = sgd({ learningRate: 0.1 });
  const plan = compile(model as Model, { ...options, optimizer, precision: "bf16" }).plans.train as Plan;
  return {
    ...plan,
    values: plan.values.map((value) => (value.role === "temp" ? { ...value, role: "output" } : value)),
  };
}

/** All values of a native step before its update. */
async function run(plan: Plan, rows: Rows, batch: number, isa: string, threads: number) {
  const session = new (loadNative().Session)({ plans: { train: plan }, seed: SEED, instructionSet: isa, threads });
  try {
    const inputs = { input: rows.input, target: rows.target };
    const handed = await session.execute("train", { batch, inputs, learningRate: 0 });
    return plan.values.map(({ name, role, flat }) => {
      if (role === "input") return inputs[name as keyof Rows];
      return handed[name]?.data ?? (flat === true ? new Float32Array(0) : session.read(name).data);
    });
  } finally {
    session.close();
  }
}

function checkNodes(plan: Plan, values: readonly ArrayLike<number>[], batch: number, where: string): number {
  const shape = (id: ValueId) => plan.values[id]!.shape.map((size) => (size === -1 ? batch : size));
  let rounded = 0;
  for (const node of plan.nodes) {
    if (node.phase !== "compute" || node.out.length === 0) continue;
    if (node.attributes.precision === "bf16") rounded++;
    const expected = opDefinition(node.op).reference(
      node.in.map((id) => Float64Array.from(values[id]!)),
      { in: node.in.map(shape), out: node.out.map(shape) },
      node.attributes,
      { seed: SEED, step: 0, learningRate: 0 },
    );
    for (const [i, id] of node.out.entries()) {
      const { name } = plan.values[id]!;
      // A sum over the gradient behind batch norm is zero but for rounding.
      if (/^conv2d_\d\.bias\.gradient$/.test(name)) continue;
      expect(relativeDistance(values[id]!, expected[i]!), `${name} of ${node.op}, ${where}`).toBeLessThan(NODE_OF_STEP);
    }
  }
  return rounded;
}

async function check(plan: Plan, rows: Rows, batch: number, products: number): Promise<void> {
  for (const isa of instructionSets)
    expect(checkNodes(plan, await run(plan, rows, batch, isa, 1), batch, isa)).toBe(products);
  const bits = async (threads: number) =>
    (await run(plan, rows, batch, instructionSet, threads)).map((values) => Buffer.from(values.buffer));
  const one = await bits(1);
  for (const threads of [2, 3])
    for (const [id, values] of (await bits(threads)).entries())
      expect(values.equals(one[id]!), `${plan.values[id]!.name}: bits on ${threads} threads`).toBe(true);
}

describe("every node of a step in bfloat16", () => {
  it("of the digit network", { timeout: 180_000 }, async () => {
    const batch = 2;
    const { train } = datasets.digits({ train: batch, validation: 1, test: 1, seed: 1 });
    const rows = { input: train.input, target: train.target as Int32Array };
    await check(observable(digitNetwork, { loss: mse() }), rows, batch, 12);
  });

  it("of the price network", async () => {
    const batch = 33;
    const input = Float32Array.from({ length: batch * 4 }, (_, i) => Math.sin(i * i));
    const target = Float32Array.from({ length: batch }, (_, i) => Math.cos(3 * i));
    await check(observable(priceAndSigmaNetwork, { loss: gaussianNll() }), { input, target }, batch, 9);
  });
});
