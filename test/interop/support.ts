// Holds an exported graph against ONNX Runtime: random weights and rows, the float64 reference as the truth.
import { expect } from "vitest";
import { elementCount } from "../../lib/compile/arenas.js";
import { compile } from "../../lib/compile/compile.js";
import type { Graph } from "../../lib/compile/graph.js";
import { evaluate } from "../../lib/compile/reference.js";
import { BATCH, type Shape } from "../../lib/errors.js";
import { type LayerSpec, type Model, sequential } from "../../lib/layers/index.js";
import { exportOnnx, type ExportOptions } from "../../lib/onnx/export.js";
import { encodeSamples, decodeSamples, type Samples, type Tensors } from "../../lib/onnx/samples.js";
import { verifyModel } from "../../lib/onnx/verify.js";
import { fnv1a, randomWords, uniform } from "../../lib/ops/rng.js";
import "../../lib/ops/index.js";

export const ROWS = 5;
/** Shares of the output's largest magnitude. */
export const ALONE = 1e-5;
export const STACKED = 1e-4;

/** A list of layers of any shapes as a model; the types of a stack are another test's matter. */
export function modelOf(inputShape: Shape, layers: readonly LayerSpec[]): Model {
  return (sequential as (shape: Shape, layers: readonly LayerSpec[]) => Model)(inputShape, layers);
}

/** The graph that is exported: predict mode, before any pass. */
export function forwardGraph(model: Model, options: { standardizeTargets?: boolean } = {}): Graph {
  return compile(model, options).forward;
}

/** Numbers in [low, high) that depend on the name and seed alone. */
export function randomNumbers(name: string, count: number, low: number, high: number, seed = 0): Float32Array {
  return Float32Array.from(randomWords(seed, fnv1a(name), 0, count), (word) => low + (high - low) * uniform(word));
}

/** Weights of a size that keeps values near 1 from layer to layer; variances and deviations are positive. */
export function randomWeights(graph: Graph, seed = 0): Map<string, { data: Float32Array; shape: Shape }> {
  const weights = new Map<string, { data: Float32Array; shape: Shape }>();
  for (const { name, shape, role } of graph.values) {
    if (role !== "param" && role !== "state") continue;
    const positive = /variance|deviation/.test(name);
    const fanIn = shape.length === 4 ? elementCount(shape.slice(1)) : shape.length === 2 ? shape[0]! : 1;
    const range = Math.sqrt(3 / fanIn);
    const data = randomNumbers(name, elementCount(shape), positive ? 0.5 : -range, positive ? 2 : range, seed);
    weights.set(name, { data, shape });
  }
  return weights;
}

/** The file and the truth about it. */
export function exported(
  graph: Graph,
  options: ExportOptions & { seed?: number } = {},
): { bytes: Uint8Array; samples: Samples } {
  const seed = options.seed ?? 0;
  const weights = randomWeights(graph, seed);
  const bytes = exportOnnx(graph, (name) => weights.get(name)!, options);
  const withRows = (shape: Shape) => shape.map((size) => (size === BATCH ? ROWS : size));
  const inputs: Record<string, { data: Float32Array; shape: Shape }> = {};
  for (const { name, shape, role } of graph.values)
    if (role === "input")
      inputs[name] = { data: randomNumbers(name, elementCount(withRows(shape)), -2, 2, seed), shape: withRows(shape) };
  const given = [...weights, ...Object.entries(inputs)].map(([name, { data }]) => [name, data]);
  const values = evaluate(graph, { batch: ROWS, values: Object.fromEntries(given) });
  const outputs: Record<string, Tensors[string]> = {};
  for (const { name, shape, role } of graph.values)
    if (role === "output") outputs[name] = { data: Float32Array.from(values[name]!), shape: withRows(shape) };
  // Through the bytes of a samples file, as a user's file goes.
  return { bytes, samples: decodeSamples(encodeSamples({ inputs, outputs })) };
}

/** Runs the graph in ONNX Runtime and expects every output within the threshold of its largest magnitude. */
export async function expectAgreement(
  graph: Graph,
  threshold: number,
  options: ExportOptions & { seed?: number } = {},
): Promise<void> {
  const { bytes, samples } = exported(graph, options);
  for (const [name, { data }] of Object.entries(samples.outputs))
    expect(data.every(Number.isFinite) && data.some((value) => value !== 0), `${name} is worth comparing`).toBe(true);
  const result = await verifyModel(bytes, samples, { threshold });
  expect(result.outputs.filter(({ relative }) => !(relative <= threshold))).toEqual([]);
  expect(result.passed).toBe(true);
}
