// Ladder 2 for layers: losses, gradients, updated parameters and predictions of the native session against the float64 reference.
import { describe, expect, it } from "vitest";
import { compile } from "../../lib/compile/compile.js";
import { initialValues } from "../../lib/compile/initialize.js";
import type { Plan } from "../../lib/compile/plan.js";
import { evaluate } from "../../lib/compile/reference.js";
import { batchNorm, conv2d, dense, flatten, type Model, sequential } from "../../lib/layers/index.js";
import { loadNative, type NativeSession } from "../../lib/runtime/native.js";
import { allLayerCases, batchOf, compileCase, drawValues, SEED } from "./all_layer_cases.js";
import { firstDifference } from "./tolerance.js";

/** A whole step rounds more often than an op: forward, backward and update one after the other. */
const RELATIVE = 2e-5;
const LEARNING_RATE = 0.1;

const cases = await allLayerCases();
const { instructionSet, instructionSets } = loadNative().info();
const settings = [
  ...instructionSets.map((name) => ({ instructionSet: name, threads: 1 })),
  { instructionSet, threads: 3 },
];

for (const [kind, list] of cases)
  describe(kind, () => {
    for (const layerCase of list)
      it.each(settings)(`${layerCase.name}, $instructionSet, $threads threads`, async (setting) => {
        const { compiled } = compileCase(layerCase);
        const { train, evaluate: evaluation, predict } = compiled.plans as Required<typeof compiled.plans>;
        const batch = batchOf(layerCase);
        const values = drawValues(train, batch, `${kind} ${layerCase.name}`);
        const { input, target, ...weights } = values as typeof values & { input: Float32Array; target: Float32Array };
        const session = new (loadNative().Session)({ plans: compiled.plans, seed: SEED, ...setting });
        try {
          for (const [name, numbers] of Object.entries(weights)) session.write(name, numbers as Float32Array);
          const run = { batch, seed: SEED, learningRate: LEARNING_RATE };
          for (const [mode, plan] of [
            ["evaluate", evaluation],
            ["predict", predict],
          ] as const) {
            const expected = evaluate(plan, { ...run, values });
            const inputs: Record<string, Float32Array> = mode === "predict" ? { input } : { input, target };
            const found = await session.execute(mode, { batch, inputs });
            expect(Object.keys(found).sort()).toEqual(readNames(plan));
            for (const [name, { data }] of Object.entries(found)) expectNear(`${mode} ${name}`, data, expected[name]);
          }
          const expected = evaluate(train, { ...run, values, update: true });
          const inputs = { input, target };
          const found = await session.execute("train", { batch, inputs, learningRate: LEARNING_RATE, update: true });
          for (const [name, { data }] of Object.entries(found)) expectNear(`train ${name}`, data, expected[name]);
          expectArenas(session, train, expected);
        } finally {
          session.close();
        }
      });
  });

it("initial values are the same numbers in both languages", () => {
  const inits = ["fanIn", "kaimingUniform", "kaimingNormal", "xavierUniform", "xavierNormal", "zeros"] as const;
  const layers = inits.map((init, i) => conv2d(4 + i, { kernel: [3, 2], padding: "same", init }));
  const model: Model = sequential(
    [3, 6, 6],
    [...layers, batchNorm(), flatten(), dense(7), dense(3, { init: "kaimingNormal" })],
  );
  const seed = 2 ** 40 + 12345;
  const { plans } = compile(model);
  const session = new (loadNative().Session)({ plans, seed, threads: 1 });
  try {
    for (const { name, init, shape } of plans.predict?.values ?? []) {
      if (init === undefined) continue;
      const expected = initialValues(init, name, shape, seed);
      const found = session.read(name).data;
      // Logarithm and cosine may differ in the last bit between mathematical libraries; the others may not.
      if (init.kind === "normal")
        expect(firstDifference(found, Float64Array.from(expected), 1e-6), name).toBeUndefined();
      else expect(found, name).toEqual(expected);
    }
  } finally {
    session.close();
  }
});

/** Names of the values that a plan hands out. */
function readNames(plan: Plan): string[] {
  return plan.values
    .filter(({ role }) => role === "output" || role === "metric")
    .map(({ name }) => name)
    .sort();
}

/** Gradients, and parameters, states and slots after the update. */
function expectArenas(session: NativeSession, plan: Plan, expected: Record<string, Float64Array>): void {
  // A gradient that is zero but for rounding is as exact as the terms that cancelled in it: those of its neighbours.
  const gradients = plan.values.filter(({ role, flat }) => role === "grad" && flat !== true).map(({ name }) => name);
  const typical = Math.max(...gradients.flatMap((name) => [...(expected[name] as Float64Array)].map(Math.abs)));
  for (const { name, role, flat } of plan.values) {
    if (flat === true || (role !== "param" && role !== "state" && role !== "grad" && role !== "slot")) continue;
    const found = session.read(name).data;
    const wanted = expected[name] as Float64Array;
    if (role === "grad" || role === "slot") {
      expect(found.length, name).toBe(wanted.length);
      for (const [i, value] of wanted.entries())
        expect(Math.abs((found[i] as number) - value), `${name}[${i}]: ${found[i]}, expected ${value}`).toBeLessThan(
          RELATIVE * typical + 1e-30,
        );
    } else expectNear(name, found, wanted);
  }
}

function expectNear(what: string, found: Float32Array, expected: Float64Array | undefined): void {
  expect(expected, what).toBeDefined();
  expect(firstDifference(found, expected as Float64Array, RELATIVE), what).toBeUndefined();
}
