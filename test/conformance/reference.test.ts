// Ladder 1: every gradient rule against central differences of the float64 reference. Needs no build.
import { describe, expect, test } from "vitest";
import { Graph } from "../../lib/compile/graph.js";
import { evaluate, type ReferenceValues } from "../../lib/compile/reference.js";
import { opDefinition, opNames, type ValueId } from "../../lib/ops/op.js";
import { randomWords, uniform } from "../../lib/ops/rng.js";
import type { OpCase } from "../cases/op_case.js";
import { allCases, batchOf, drawInputs } from "./all_cases.js";

/** Central differences are exact to about the square of the step and to the rounding of float64 divided by it. */
const STEP = 1e-5;
const ALLOWED = 2e-7;
/** Elements of an input that are differenced; when there are more, every so many-th. */
const SAMPLES = 40;
const SEED = 7;

const cases = await allCases();

for (const op of opNames().filter((name) => opDefinition(name).grad !== undefined))
  describe(op, () => {
    for (const opCase of cases.get(op) ?? [])
      if (opCase.notDifferenced === undefined) test(opCase.name, () => checkGradients(op, opCase));
  });

function checkGradients(op: string, opCase: OpCase): void {
  const program = buildProgram(op, opCase);
  const batch = batchOf(opCase);
  const values: Record<string, ArrayLike<number>> = {};
  for (const [i, numbers] of drawInputs(op, opCase).entries()) values[`in${i}`] = Float64Array.from(numbers);
  const run = { batch, seed: SEED, step: opCase.step ?? 0 };
  const dy = outputWeights(evaluate(program.forward, { ...run, values })[program.output]!.length);
  const gradients = evaluate(program.whole, { ...run, values: { ...values, dy } });

  const objective = (changed: Record<string, ArrayLike<number>>): number =>
    dot(evaluate(program.forward, { ...run, values: changed })[program.output]!, dy);
  for (const [input, gradient] of program.gradients) {
    const numbers = values[input] as Float64Array;
    const found = gradients[gradient]!;
    expect(found.length, `elements of the gradient of ${input}`).toBe(numbers.length);
    for (let i = 0; i < numbers.length; i += Math.ceil(numbers.length / SAMPLES)) {
      const shifted = (by: number) => objective({ ...values, [input]: numbers.with(i, numbers[i]! + by) });
      const step = STEP * Math.max(1, Math.abs(numbers[i]!));
      const expected = (shifted(step) - shifted(-step)) / (2 * step);
      const error = Math.abs(found[i]! - expected) / Math.max(1, Math.abs(expected));
      expect(error, `gradient of ${input}[${i}] is ${found[i]}, differences give ${expected}`).toBeLessThan(ALLOWED);
    }
  }
}

/** The op alone, and the op with its gradient rule applied to a given dy of output 0. */
function buildProgram(op: string, opCase: OpCase) {
  const attributes = opCase.attributes ?? {};
  const build = () => {
    const graph = new Graph();
    const x = opCase.inputs.map(({ shape, dtype }, i) => graph.value(`in${i}`, { shape, dtype }, "input"));
    return { graph, x, y: graph.opAll(op, x, attributes) };
  };
  const forward = build();
  const { graph, x, y } = build();
  const dy = y.map((value, i): ValueId | null => (i === 0 ? graph.value("dy", graph.typeOf(value), "input") : null));
  const rule = opDefinition(op).grad!(graph, { dy, x, y, attributes });
  const gradients = new Map<string, string>();
  for (const [i, value] of rule.entries()) if (value !== null) gradients.set(`in${i}`, graph.at(value).name);
  return { forward: forward.graph, output: forward.graph.at(forward.y[0]!).name, whole: graph, gradients };
}

/** A fixed gradient of the output with both signs, so that no element's error can hide. */
function outputWeights(count: number): Float64Array {
  return Float64Array.from(randomWords(SEED, 1, 0, count), (word) => 2 * uniform(word) - 1);
}

function dot(a: ReferenceValues[string], b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
