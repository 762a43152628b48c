// Replaces nodes that only rearrange constants by constants, so that the file holds no work that never changes.
import type { OnnxNode, OnnxTensor } from "./model.js";

export interface Foldable {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

/** A constant of the graph, and the initializer whose numbers it has in another shape. */
interface Constant extends OnnxTensor {
  readonly source?: string;
}

/**
 * Folds Constant, Identity and the reshaping of initializers, then drops what no node reads any more. A weight that is left
 * only in its new shape keeps its name.
 * @param outputs Names of the graph's outputs, which must stay results of nodes.
 */
export function foldConstants(graph: Foldable, outputs: ReadonlySet<string>): Foldable {
  const constants = new Map<string, Constant>(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    const folded = output !== undefined && !outputs.has(output) ? fold(node, output, constants) : undefined;
    if (folded === undefined) nodes.push(node);
    else constants.set(folded.name, folded);
  }
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const kept = [...constants.values()].filter((tensor) => read.has(tensor.name));
  const names = keptNames(kept);
  const renamed = (name: string) => names.get(name) ?? name;
  return {
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed) })),
    initializers: kept.map(({ name, data, shape }) => ({ name: renamed(name), data, shape })),
  };
}

/** The source's name for each reshaped constant whose source is gone and has no second shape. */
function keptNames(constants: readonly Constant[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, source } of constants) {
    const rivals = constants.filter((other) => other.name === source || other.source === source);
    if (source !== undefined && rivals.length === 1) names.set(name, source);
  }
  return names;
}

function fold(node: OnnxNode, name: string, constants: ReadonlyMap<string, Constant>): Constant | undefined {
  if (node.type === "Constant") {
    const value = node.attributes.value_float;
    if (typeof value !== "object" || !("float" in value)) return undefined;
    return { name, data: Float32Array.of(value.float), shape: [] };
  }
  const [from, argument] = node.inputs.map((input) => constants.get(input));
  if (from === undefined || (node.inputs.length > 1 && argument === undefined)) return undefined;
  const shape = foldedShape(node.type, from.shape, argument && Array.from(argument.data, Number));
  return shape && { name, data: from.data, shape, source: from.source ?? from.name };
}

function foldedShape(type: string, from: readonly number[], argument: number[] | undefined): number[] | undefined {
  if (type === "Identity") return [...from];
  if (argument === undefined) return undefined;
  if (type === "Reshape") return argument.every((size) => size > 0) ? argument : undefined;
  if (type !== "Unsqueeze") return undefined;
  const rank = from.length + argument.length;
  const axes = argument.map((axis) => (axis < 0 ? axis + rank : axis));
  const rest = [...from];
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() as number)));
}
