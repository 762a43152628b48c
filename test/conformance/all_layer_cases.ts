// The layer cases on disk, compiled, and the rows that each of them is tried on.
import { readdirSync } from "node:fs";
import { type Compiled, compile } from "../../lib/compile/compile.js";
import { initialValues } from "../../lib/compile/initialize.js";
import { randomWords, uniform } from "../../lib/ops/rng.js";
import { fnv1a } from "../../lib/ops/rng.js";
import type { Plan, PlanValue } from "../../lib/compile/plan.js";
import { type Model, sequential } from "../../lib/layers/index.js";
import { mse } from "../../lib/losses/index.js";
import { sgd } from "../../lib/optimizers/index.js";
import type { LayerCase, LayerCases } from "../cases/layer_case.js";

const FOLDER = new URL("../cases/layers/", import.meta.url);
export const SEED = 11;

/** Cases by kind of layer, from every file in test/cases/layers. */
export async function allLayerCases(): Promise<Map<string, readonly LayerCase[]>> {
  const found = new Map<string, readonly LayerCase[]>();
  for (const file of readdirSync(FOLDER).sort()) {
    const { cases } = (await import(new URL(file, FOLDER).href)) as { cases: LayerCases };
    for (const [kind, list] of Object.entries(cases)) found.set(kind, [...(found.get(kind) ?? []), ...list]);
  }
  return found;
}

export const batchOf = (layerCase: LayerCase): number => layerCase.batch ?? 5;

export function compileCase({ input, layers, loss = mse(), standardizeTargets = false }: LayerCase): {
  model: Model;
  compiled: Compiled;
} {
  const model = sequential(input, layers) as Model;
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  return { model, compiled: compile(model, { loss, optimizer, standardizeTargets }) };
}

/** Inputs, parameters and states of a plan by name, as float32 and int32: the same numbers in every run. */
export function drawValues(plan: Plan, batch: number, name: string): Record<string, Float32Array | Int32Array> {
  const drawn: Record<string, Float32Array | Int32Array> = {};
  for (const value of plan.values)
    if (value.role === "input" || ((value.role === "param" || value.role === "state") && value.flat !== true))
      drawn[value.name] = drawValue(value, plan, batch, name);
  return drawn;
}

function drawValue(value: PlanValue, plan: Plan, batch: number, name: string): Float32Array | Int32Array {
  const shape = value.shape.map((dimension) => (dimension === -1 ? batch : dimension));
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const random = Array.from(randomWords(SEED, fnv1a(`${name} ${value.name}`), 0, count), uniform);
  if (value.dtype === "int32") {
    const classes = plan.nodes.find(({ op }) => op === "one_hot")?.attributes.classes as number;
    return Int32Array.from(random, (u) => Math.floor(u * classes));
  }
  // Deviations and variances are positive; scales stay away from zero, where gradients vanish.
  if (/deviation|variance|scale/.test(value.name)) return Float32Array.from(random, (u) => 0.5 + u);
  if (value.role === "param")
    return initialValues(value.init ?? { kind: "constant", value: 0 }, value.name, shape, SEED);
  return Float32Array.from(random, (u) => 4 * u - 2);
}
