// A whole training step in bfloat16: the native gradients of the reference networks against the float64 step whose
// operands are rounded in the same places. Close agreement shows that what lies between the step and float64 is rounding.
import { describe, expect, it } from "vitest";
import { digitNetwork, priceAndSigmaNetwork } from "../../examples/networks.js";
import { type Compiled, compile } from "../../lib/compile/compile.js";
import { evaluate } from "../../lib/compile/reference.js";
import { datasets } from "../../lib/data/index.js";
import type { Model } from "../../lib/layers/index.js";
import { gaussianNll, mse } from "../../lib/losses/index.js";
import { sgd } from "../../lib/optimizers/index.js";
import { loadNative } from "../../lib/runtime/native.js";
import { relativeDistance, RELATIVE_NORM } from "./tolerance.js";

const SEED = 3;
const optimizer = sgd({ learningRate: 0.1 });
const { instructionSet, instructionSets } = loadNative().info();
const settings = [
  ...instructionSets.map((name) => ({ instructionSet: name, threads: 1 })),
  { instructionSet, threads: 2 },
  { instructionSet, threads: 3 },
];

type Rows = { input: Float32Array; target: Float32Array | Int32Array };
type Numbers = Record<string, ArrayLike<number>>;

/** Gradients by name, without those that are zero but for rounding: a convolution's bias in front of batch norm. */
function lasting(gradients: Numbers): Map<string, ArrayLike<number>> {
  const norms = Object.entries(gradients).map(([name, values]) => [name, Math.hypot(...Array.from(values))] as const);
  const largest = Math.max(...norms.map(([, norm]) => norm));
  return new Map(norms.filter(([, norm]) => norm > 1e-6 * largest).map(([name]) => [name, gradients[name]!]));
}

const gradientNames = ({ plans }: Compiled) =>
  (plans.train?.values ?? []).filter(({ role, flat }) => role === "grad" && flat !== true).map(({ name }) => name);

function expected(compiled: Compiled, rows: Rows, batch: number): Map<string, ArrayLike<number>> {
  const found = evaluate(compiled.plans.train!, { batch, values: { ...rows }, seed: SEED });
  return lasting(Object.fromEntries(gradientNames(compiled).map((name) => [name, found[name]!])));
}

async function native(compiled: Compiled, rows: Rows, batch: number, setting: (typeof settings)[0]): Promise<Numbers> {
  const session = new (loadNative().Session)({ plans: compiled.plans, seed: SEED, ...setting });
  try {
    await session.execute("train", { batch, inputs: { ...rows }, learningRate: 0, update: true });
    return Object.fromEntries(gradientNames(compiled).map((name) => [name, session.read(name).data]));
  } finally {
    session.close();
  }
}

async function check(model: Model, loss: Parameters<typeof compile>[1], rows: Rows, batch: number): Promise<void> {
  const mixed = compile(model, { ...loss, optimizer, precision: "bf16" });
  const rounded = expected(mixed, rows, batch);
  const exact = expected(compile(model, { ...loss, optimizer }), rows, batch);
  let first: Numbers | undefined;
  for (const setting of settings) {
    const found = await native(mixed, rows, batch, setting);
    for (const [name, gradient] of rounded) {
      const distance = relativeDistance(found[name]!, gradient);
      expect(distance, `${name} on ${setting.instructionSet}`).toBeLessThan(RELATIVE_NORM);
    }
    if (setting.instructionSet !== instructionSet) continue;
    first ??= found;
    expect(found, `bits on ${setting.threads} threads`).toEqual(first);
  }
  const fromExact = [...rounded].map(([name, gradient]) => relativeDistance(gradient, exact.get(name)!));
  expect(Math.max(...fromExact), "rounding itself moves gradients further").toBeGreaterThan(3 * RELATIVE_NORM);
}

describe("gradients in bfloat16", () => {
  it("of the digit network", { timeout: 120_000 }, async () => {
    const batch = 6;
    const { train } = datasets.digits({ train: batch, validation: 10, test: 10, seed: 2 });
    const rows = { input: train.input, target: train.target as Int32Array };
    await check(digitNetwork as Model, { loss: mse() }, rows, batch);
  });

  it("of the price network", async () => {
    const batch = 33;
    const input = Float32Array.from({ length: batch * 4 }, (_, i) => Math.sin(i * i));
    const target = Float32Array.from({ length: batch }, (_, i) => Math.cos(3 * i));
    await check(priceAndSigmaNetwork as Model, { loss: gaussianNll() }, { input, target }, batch);
  });
});
