// Ladder 1 for layers: gradients of a small model around each layer against central differences, and what its plans agree on.
import { describe, expect, it } from "vitest";
import type { Plan } from "../../lib/compile/plan.js";
import { evaluate, type ReferenceValues } from "../../lib/compile/reference.js";
import { layerKinds, readModel } from "../../lib/layers/index.js";
import { allLayerCases, batchOf, compileCase, drawValues, SEED } from "./all_layer_cases.js";

const STEP = 1e-5;
const ALLOWED = 2e-7;
/** Elements of a parameter that are differenced; when there are more, every so many-th. */
const SAMPLES = 12;

const cases = await allLayerCases();

it("every layer has cases", () => {
  const missing = layerKinds().filter((kind) => !cases.has(kind));
  expect(missing.map((kind) => `add cases of ${kind} to test/cases/layers/${kind}.ts`)).toEqual([]);
});

for (const [kind, list] of cases)
  describe(kind, () => {
    for (const layerCase of list)
      it(layerCase.name, () => {
        const { model, compiled } = compileCase(layerCase);
        const { train, evaluate: evaluation, predict } = compiled.plans as Required<typeof compiled.plans>;
        const values = drawValues(train, batchOf(layerCase), `${kind} ${layerCase.name}`);

        expect(readModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
        for (const plan of [evaluation, predict]) expect(places(plan)).toEqual(places(train));
        checkGradients(train, values, batchOf(layerCase));
        checkInference(evaluation, predict, values, batchOf(layerCase), compiled.outputs);
      });
  });

/** Where parameters and states lie: the same in every plan of a model. */
function places(plan: Plan): unknown {
  const lasting = plan.values.filter(({ role, flat }) => (role === "param" || role === "state") && flat !== true);
  return [
    plan.arenas,
    lasting.map(({ name, shape, offset, storage, init }) => ({ name, shape, offset, storage, init })),
  ];
}

function checkGradients(plan: Plan, values: Record<string, ArrayLike<number>>, batch: number): void {
  const run = (given: Record<string, ArrayLike<number>>): ReferenceValues =>
    evaluate(plan, { batch, values: given, seed: SEED });
  const found = run(values);
  // Under standardizeTargets the reported loss is in the user's units, the one trained on is checked.
  const loss = plan.values[plan.nodes.find(({ op }) => op === "all_finite")?.in[0] ?? -1]?.name as string;
  for (const { name } of plan.values.filter(({ role, flat }) => role === "param" && flat !== true)) {
    const numbers = Float64Array.from(values[name] as Float32Array);
    const gradient = found[`${name}.gradient`] as Float64Array;
    expect(gradient.length).toBe(numbers.length);
    for (let i = 0; i < numbers.length; i += Math.ceil(numbers.length / SAMPLES)) {
      const shifted = (by: number) =>
        run({ ...values, [name]: numbers.with(i, (numbers[i] as number) + by) })[loss]?.[0] as number;
      const expected = (shifted(STEP) - shifted(-STEP)) / (2 * STEP);
      const error = Math.abs((gradient[i] as number) - expected) / Math.max(1, Math.abs(expected));
      expect(error, `gradient of ${name}[${i}] is ${gradient[i]}, differences give ${expected}`).toBeLessThan(ALLOWED);
    }
  }
}

/** Outputs are named and finite, and the loss of evaluation is finite. */
function checkInference(
  evaluation: Plan,
  predict: Plan,
  values: Record<string, ArrayLike<number>>,
  batch: number,
  outputs: readonly { name: string; shape: readonly number[] }[],
): void {
  const predicted = evaluate(predict, { batch, values });
  for (const { name, shape } of outputs) {
    expect(predicted[name]?.length, name).toBe(
      shape.reduce((product, size) => product * (size === -1 ? batch : size), 1),
    );
    expect(predicted[name]?.every(Number.isFinite), name).toBe(true);
  }
  expect(Number.isFinite(evaluate(evaluation, { batch, values }).loss?.[0])).toBe(true);
}
