// Ladder 4: losses of ten steps, first gradients and last predictions as PyTorch computes them (numbers made by pytorch.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluate, type ReferenceValues } from "../../lib/compile/reference.js";
import { loadNative } from "../../lib/runtime/native.js";
import { BATCH, type GoldenCase, goldenCases, ROWS, rowsOf, STEPS } from "./pytorch_models.js";

interface Golden {
  readonly losses: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly predictions: Readonly<Record<string, readonly number[]>>;
}

const file = readFileSync(new URL("pytorch.json", import.meta.url), "utf8");
const { cases } = JSON.parse(file) as { cases: Record<string, Golden> };

/** The numbers in the file have twelve digits. */
const REFERENCE_TOLERANCE = 1e-9;
/** float32 through ten steps; the optimizers divide by roots of small averages, which makes rounding larger. */
const NATIVE_TOLERANCE = 1e-4;

it("the same networks are on both sides", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(goldenCases).sort());
});

for (const [name, make] of Object.entries(goldenCases))
  describe(name, () => {
    it("the reference evaluator follows PyTorch", () =>
      compare(runReference(make()), golden(name), REFERENCE_TOLERANCE));
    it("the native session follows PyTorch", async () =>
      compare(await runNative(make()), golden(name), NATIVE_TOLERANCE));
  });

function golden(name: string): Golden {
  return cases[name] as Golden;
}

function batchInputs({ input, target }: GoldenCase, step: number) {
  const first = (step * BATCH) % ROWS;
  return { input: rowsOf(input, first, BATCH), target: rowsOf(target, first, BATCH) };
}

function runReference(golden: GoldenCase): Golden {
  const { plans } = golden.compiled;
  const losses: number[] = [];
  let gradients: Record<string, number[]> = {};
  let values: ReferenceValues | Record<string, ArrayLike<number>> = golden.weights;
  for (let step = 0; step < STEPS; step++) {
    const found = evaluate(plans.train as NonNullable<typeof plans.train>, {
      batch: BATCH,
      values: { ...values, ...batchInputs(golden, step) },
      step,
      learningRate: golden.optimizer.learningRate,
      update: true,
    });
    losses.push(found.loss?.[0] as number);
    if (step === 0) gradients = byParameter(golden, (name) => [...(found[`${name}.gradient`] as Float64Array)]);
    values = found;
  }
  const predicted = evaluate(plans.predict as NonNullable<typeof plans.predict>, {
    batch: ROWS,
    values: { ...values, input: golden.input },
  });
  const outputs = golden.compiled.outputs.map(({ name }) => [name, [...(predicted[name] as Float64Array)]]);
  return { losses, gradients, predictions: Object.fromEntries(outputs) };
}

async function runNative(golden: GoldenCase): Promise<Golden> {
  const session = new (loadNative().Session)({ plans: golden.compiled.plans, seed: 1, threads: 2 });
  try {
    for (const [name, numbers] of Object.entries(golden.weights)) session.write(name, numbers);
    const losses: number[] = [];
    let gradients: Record<string, number[]> = {};
    for (let step = 0; step < STEPS; step++) {
      const found = await session.execute("train", {
        batch: BATCH,
        inputs: batchInputs(golden, step),
        learningRate: golden.optimizer.learningRate,
        update: true,
      });
      losses.push(found.loss?.data[0] as number);
      if (step === 0) gradients = byParameter(golden, (name) => [...session.read(`${name}.gradient`).data]);
    }
    const predicted = await session.execute("predict", { batch: ROWS, inputs: { input: golden.input } });
    return {
      losses,
      gradients,
      predictions: Object.fromEntries(Object.entries(predicted).map(([name, { data }]) => [name, [...data]])),
    };
  } finally {
    session.close();
  }
}

function byParameter(golden: GoldenCase, read: (name: string) => number[]): Record<string, number[]> {
  const names =
    golden.compiled.plans.predict?.values.filter(({ role }) => role === "param").map(({ name }) => name) ?? [];
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

function compare(found: Golden, expected: Golden, tolerance: number): void {
  expectNear("losses", found.losses, expected.losses, largest(expected.losses), tolerance);
  for (const part of ["gradients", "predictions"] as const) {
    expect(Object.keys(found[part]).sort()).toEqual(Object.keys(expected[part]).sort());
    const all = largest(Object.values(expected[part]).flat());
    for (const [name, numbers] of Object.entries(expected[part])) {
      // The gradient of a bias in front of batch norm is zero: what is left is the rounding of terms as large as others' gradients.
      const scale = Math.max(largest(numbers), all / 100);
      expectNear(`${part} ${name}`, found[part][name] as number[], numbers, scale, tolerance);
    }
  }
}

const largest = (numbers: readonly number[]): number => Math.max(...numbers.map(Math.abs));

function expectNear(
  what: string,
  found: readonly number[],
  expected: readonly number[],
  scale: number,
  tolerance: number,
): void {
  expect(found.length, what).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs((found[i] as number) - value) / scale, `${what}[${i}]: ${found[i]}, PyTorch ${value}`).toBeLessThan(
      tolerance,
    );
}
