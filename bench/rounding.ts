// How far rounding operands to bfloat16 moves the gradients of the digit network, and how much of it comes from relus and
// pooling windows that decide otherwise: float64 throughout, with and without rounding, decisions free and frozen.
// npx tsx bench/rounding.ts [--batch 10] [--epochs 0] [--seed 1] [--data random]
import { parseArgs } from "node:util";
import { datasets, mse, sgd, Trainer } from "netwright";
import { digitNetwork } from "../examples/networks.js";
import { compile } from "../lib/compile/compile.js";
import type { Plan, PlanNode } from "../lib/compile/plan.js";
import type { Model } from "../lib/layers/index.js";
import { opDefinition, type ValueId } from "../lib/ops/op.js";

const { values: options } = parseArgs({
  options: {
    batch: { type: "string", default: "10" },
    epochs: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    data: { type: "string", default: "digits" },
  },
});
const [batch, epochs, seed] = [options.batch, options.epochs, options.seed].map(Number) as [number, number, number];

type Values = Map<ValueId, Float64Array>;

/** Every value of one step before its update. `frozen`: a run whose relus and pooling windows decide for this one too. */
function evaluate(plan: Plan, given: Record<string, ArrayLike<number>>, frozen?: Values): Values {
  const values: Values = new Map();
  for (const [id, { name }] of plan.values.entries())
    if (given[name] !== undefined) values.set(id, Float64Array.from(given[name]));
  const shape = (id: ValueId) => plan.values[id]!.shape.map((size) => (size === -1 ? batch : size));
  for (const node of plan.nodes) {
    if (node.phase !== "compute" || node.out.length === 0 || node.op === "all_finite") continue;
    const shapes = { in: node.in.map(shape), out: node.out.map(shape) };
    const inputs = node.in.map((id, i) => (frozen && decides(node, i) ? frozen : values).get(id)!);
    const outputs =
      (frozen && decided(node, inputs[0]!, frozen, shapes)) ??
      opDefinition(node.op).reference(inputs, shapes, node.attributes, { seed, step: 0, learningRate: 0 });
    for (const [i, id] of node.out.entries()) values.set(id, outputs[i]!);
  }
  return values;
}

/** Inputs by which a gradient finds the decision of its forward op: all but dy. */
function decides({ op }: PlanNode, input: number): boolean {
  return (op === "relu_grad" || op === "max_pool2d_grad") && input > 0;
}

/** relu and max_pool2d by the decisions of another run. */
function decided(
  node: PlanNode,
  x: Float64Array,
  frozen: Values,
  shapes: { in: number[][]; out: number[][] },
): Float64Array[] | undefined {
  const before = frozen.get(node.in[0]!)!;
  if (node.op === "relu") return [x.map((value, i) => (before[i]! > 0 ? value : 0))];
  if (node.op !== "max_pool2d") return undefined;
  // The gradient of outputs 1, 2, 3, ... stands where they were taken from; windows do not overlap here.
  const output = frozen.get(node.out[0]!)!;
  const numbers = output.map((_, i) => i + 1);
  const context = { seed, step: 0, learningRate: 0 };
  const [places] = opDefinition("max_pool2d_grad").reference(
    [numbers, before, output],
    { in: [shapes.out[0]!, shapes.in[0]!, shapes.out[0]!], out: shapes.in },
    node.attributes,
    context,
  );
  const y = new Float64Array(output.length);
  for (const [i, number] of places!.entries()) if (number > 0) y[number - 1] = x[i]!;
  return [y];
}

const loss = mse();
const optimizer = sgd({ learningRate: 0.1 });
const { train } = datasets.digits({ seed, train: Math.max(batch, 2000), validation: 10, test: 10 });
using trainer = new Trainer(digitNetwork, { loss, optimizer, seed });
if (epochs > 0) await trainer.fit(train, { epochs, batchSize: batch });
const given: Record<string, ArrayLike<number>> = {
  input:
    options.data === "random" ? train.input.slice(0, batch * 256).map(Math.random) : train.input.slice(0, batch * 256),
  target: (train.target as Int32Array).slice(0, batch),
};
for (const { name } of trainer.weights()) given[name] = trainer.read(name).data;

const [plain, mixed] = (["float32", "bf16"] as const).map(
  (precision) => compile(digitNetwork as Model, { loss, optimizer, precision }).plans.train as Plan,
) as [Plan, Plan];
const exact = evaluate(plain, given);
const rounded = evaluate(mixed, given);
const frozen = evaluate(mixed, given, exact);

const norm = (values: Float64Array) => Math.hypot(...values);
const distance = (a: Float64Array, b: Float64Array) => norm(a.map((value, i) => value - b[i]!)) / norm(b);
const gradients = [...plain.values.entries()].filter(([, { role, flat }]) => role === "grad" && flat !== true);
const largest = Math.max(...gradients.map(([id]) => norm(exact.get(id)!)));
console.log("relative distance to float64".padEnd(28), "rounded", " frozen decisions");
for (const [id, { name }] of gradients) {
  const gradient = exact.get(id)!;
  // A bias in front of batch norm has no gradient but what rounding leaves.
  if (norm(gradient) < 1e-6 * largest) continue;
  const moved = [rounded, frozen].map((run) => distance(run.get(id)!, gradient).toPrecision(2));
  console.log(name.padEnd(28), moved[0]!.padEnd(8), moved[1]);
}
let [flipped, signs, winners, windows] = [0, 0, 0, 0];
for (const node of plain.nodes) {
  const [a, b] = [exact.get(node.out[0]!), rounded.get(node.out[0]!)];
  if (node.op === "relu") for (let i = 0; i < a!.length; i++, signs++) if (a![i]! > 0 !== b![i]! > 0) flipped++;
  if (node.op === "max_pool2d_grad")
    for (let i = 0; i < a!.length; i++, windows++) if ((a![i] === 0) !== (b![i] === 0)) winners++;
}
console.log(
  `relus that decide otherwise: ${flipped} of ${signs}; pixels that win or lose a window: ${winners} of ${windows}`,
);
console.log(
  `loss ${exact.get(plain.values.findIndex(({ name }) => name === "loss"))![0]} and ${rounded.get(plain.values.findIndex(({ name }) => name === "loss"))![0]}`,
);
