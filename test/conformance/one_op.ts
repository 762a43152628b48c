// Plans of a single op, and how the native core runs them.
import { addTrainingViews, assignArenas, finish } from "../../lib/compile/arenas.js";
import { Graph } from "../../lib/compile/graph.js";
import type { Plan } from "../../lib/compile/plan.js";
import { type Attributes, opDefinition, type ValueId } from "../../lib/ops/op.js";
import type { NativeAddon, NativeSession } from "../../lib/runtime/native.js";
import type { OpCase } from "../cases/op_case.js";
import { batchOf, withBatch } from "./all_cases.js";

export const SEED = 2 ** 40 + 12345;
/** A power of two, so that it is the same number in float32 and float64. */
export const LEARNING_RATE = 0.125;

const OPTIMIZERS = ["sgd", "rmsprop", "adam"];

export interface Setting {
  readonly instructionSet: string;
  readonly blas: "builtin" | "system";
  readonly threads: number;
}

type Numbers = Float32Array | Int32Array;

/** Outputs of an op by its float64 definition. */
export function referenceOutputs(op: string, opCase: OpCase, inputs: readonly Numbers[]): Float64Array[] {
  const attributes = opCase.attributes ?? {};
  const types = opDefinition(op).infer(opCase.inputs, attributes);
  return opDefinition(op).reference(
    inputs.map((input) => Float64Array.from(input)),
    {
      in: opCase.inputs.map(({ shape }) => withBatch(shape, batchOf(opCase))),
      out: types.map(({ shape }) => withBatch(shape, batchOf(opCase))),
    },
    attributes,
    { seed: SEED, step: opCase.step ?? 0, learningRate: LEARNING_RATE },
  );
}

/** Outputs of an op by its native kernel, in the order of the plan's node. */
export async function nativeOutputs(
  native: NativeAddon,
  op: string,
  opCase: OpCase,
  inputs: readonly Numbers[],
  { instructionSet, blas, threads }: Setting,
): Promise<Float32Array[]> {
  const one = OPTIMIZERS.includes(op)
    ? optimizerPlan(op, opCase)
    : op === "running_average"
      ? averagePlan(opCase)
      : computePlan(op, opCase);
  const mode = one.update ? "train" : "predict";
  const session = new native.Session({ plans: { [mode]: one.plan }, seed: SEED, threads, instructionSet, blas });
  try {
    if (session.instructionSet !== instructionSet)
      throw new Error(`${instructionSet} was asked for, ${session.instructionSet} runs`);
    return await run(session, one, opCase, inputs);
  } finally {
    session.close();
  }
}

/** A plan with the names under which the case's inputs are given and the node's outputs found. */
interface OneOp {
  readonly plan: Plan;
  readonly update: boolean;
  /** For each input: filled from the job, or written into an arena before it. */
  readonly inputs: readonly { readonly name: string; readonly written: boolean }[];
  readonly outputs: readonly string[];
}

async function run(
  session: NativeSession,
  one: OneOp,
  opCase: OpCase,
  inputs: readonly Numbers[],
): Promise<Float32Array[]> {
  const given: Record<string, Numbers> = {};
  for (const [i, { name, written }] of one.inputs.entries()) {
    if (written) session.write(name, inputs[i] as Float32Array);
    else given[name] = inputs[i]!;
  }
  const result = await session.execute(one.update ? "train" : "predict", {
    batch: batchOf(opCase),
    inputs: given,
    step: opCase.step ?? 0,
    learningRate: LEARNING_RATE,
    update: one.update,
  });
  return one.outputs.map((name) => (one.update ? session.read(name).data : result[name]!.data));
}

function computePlan(op: string, opCase: OpCase): OneOp {
  const graph = new Graph();
  const x = opCase.inputs.map(({ shape, dtype }, i) => graph.value(`in${i}`, { shape, dtype }, "input"));
  const y = graph.opAll(op, x, opCase.attributes);
  for (const [i, value] of y.entries()) graph.mark(value, "output", `out${i}`);
  return {
    plan: finish(graph, assignArenas(graph)),
    update: false,
    inputs: x.map((value) => ({ name: graph.at(value).name, written: false })),
    outputs: y.map((value) => graph.at(value).name),
  };
}

function averagePlan(opCase: OpCase): OneOp {
  const graph = new Graph();
  const shape = opCase.inputs[0]!.shape;
  const state = graph.state("state", shape, { kind: "constant", value: 0 });
  const value = graph.value("value", { shape, dtype: "float32" }, "input");
  graph.update("running_average", [state, value], [state], opCase.attributes);
  return {
    plan: finish(graph, assignArenas(graph)),
    update: true,
    inputs: [
      { name: "state", written: true },
      { name: "value", written: false },
    ],
    outputs: ["state"],
  };
}

/** A parameter whose gradient and norm are inputs, and the optimizer on the flat views as training has it. */
function optimizerPlan(op: string, opCase: OpCase): OneOp {
  const graph = new Graph();
  const shape = opCase.inputs[0]!.shape;
  const parameter = graph.param("parameter", shape, { kind: "constant", value: 0 });
  const gradient = graph.value("gradient", { shape, dtype: "float32" }, "input");
  const clips = opCase.attributes?.clipNorm !== undefined;
  const slots = opCase.inputs.slice(2, clips ? -1 : undefined).map((_, i) => `slot${i}`);
  const norm = clips ? [graph.value("norm", { shape: [], dtype: "float32" }, "input")] : [];
  const sizes = assignArenas(graph, slots.length);
  const views = addTrainingViews(graph, sizes, new Map<ValueId, ValueId | null>([[parameter, gradient]]), slots);
  graph.update(
    op,
    [views.parameters, views.gradients, ...views.slots, ...norm],
    [views.parameters, ...views.slots],
    opCase.attributes as Attributes,
  );
  const written = ["parameter", ...slots.map((slot) => `parameter.${slot}`)];
  return {
    plan: finish(graph, sizes),
    update: true,
    inputs: [
      { name: written[0]!, written: true },
      { name: "gradient", written: false },
      ...written.slice(1).map((name) => ({ name, written: true })),
      ...(clips ? [{ name: "norm", written: false }] : []),
    ],
    outputs: written,
  };
}
