// The rules of onnx.checker that an exported file could break, run on every export.
import { ArgumentError, PlanError, shapeText } from "../errors.js";
import type { OnnxModel } from "./model.js";

/** IR version that came with each opset (onnx/onnx: docs/Versioning.md): the lowest that may carry it. */
const IR_VERSIONS: Readonly<Record<number, number>> = {
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
  24: 12,
  25: 13,
  26: 13,
};

export const LOWEST_OPSET = 17;
export const HIGHEST_OPSET = 26;

/** The last opset whose form of a node is the one written here; later ones moved an attribute to an input. */
const LAST_OPSET: Readonly<Record<string, number>> = {
  ReduceMean: 17,
  ReduceMax: 17,
  ReduceMin: 17,
  ReduceL2: 17,
  ReduceSumSquare: 17,
};

/**
 * The opset of the file: the one asked for, or the lowest that every node allows.
 * @throws ArgumentError when the one asked for cannot carry the model.
 */
export function chooseOpset(needed: number, asked: number | undefined): number {
  if (asked === undefined) return Math.max(LOWEST_OPSET, needed);
  if (!Number.isInteger(asked) || asked < LOWEST_OPSET || asked > HIGHEST_OPSET)
    throw new ArgumentError(
      `opset ${asked}: netwright writes ${LOWEST_OPSET} to ${HIGHEST_OPSET}; leave the option out for the lowest`,
    );
  if (asked < needed)
    throw new ArgumentError(
      `opset ${asked}: this model needs opset ${needed}; ask for ${needed} or leave the option out`,
    );
  return asked;
}

/** Lowest IR version that may carry an opset. */
export function irVersionOf(opset: number): number {
  return IR_VERSIONS[opset] ?? (IR_VERSIONS[HIGHEST_OPSET] as number);
}

/** Throws PlanError at the first rule of the format that the model breaks: a bug here or in an op's onnx rule. */
export function checkModel(model: OnnxModel): void {
  const fail = (why: string): never => {
    throw new PlanError(`exported model: ${why}`);
  };
  const { graph } = model;
  const known = new Set<string>();
  const define = (name: string, what: string): void => {
    if (name === "") fail(`${what} has no name`);
    if (known.has(name)) fail(`"${name}" is defined twice, the second time by ${what}`);
    known.add(name);
  };
  for (const input of graph.inputs) define(input.name, "an input");
  for (const { name, data, shape } of graph.initializers) {
    define(name, "an initializer");
    const wanted = shape.reduce((product, size) => product * size, 1);
    if (data.length !== wanted) fail(`initializer "${name}" of shape ${shapeText(shape)} has ${data.length} numbers`);
  }
  const nodeNames = new Set<string>();
  for (const node of graph.nodes) {
    const called = `node "${node.name}" (${node.type})`;
    if (node.name === "" || nodeNames.has(node.name)) fail(`${called} has no name of its own`);
    nodeNames.add(node.name);
    for (const input of node.inputs)
      if (input !== "" && !known.has(input)) fail(`${called} reads "${input}", which nothing before it defines`);
    if (node.outputs.length === 0) fail(`${called} has no output`);
    for (const output of node.outputs) if (output !== "") define(output, called);
    for (const [name, value] of Object.entries(node.attributes))
      if (!isWritable(value))
        fail(`attribute "${name}" of ${called} is ${JSON.stringify(value)}; a fraction is written as { float }`);
    const last = LAST_OPSET[node.type];
    if (last !== undefined && model.opset > last)
      throw new ArgumentError(
        `opset ${model.opset}: ${called} has the form of opset ${last}; ask for ${last} or leave the option out`,
      );
  }
  if (graph.outputs.length === 0) fail("it has no output");
  const inputs = new Set(graph.inputs.map((input) => input.name));
  for (const { name } of graph.outputs)
    if (!known.has(name) || inputs.has(name)) fail(`no node computes the output "${name}"`);
  if (new Set(graph.outputs.map((output) => output.name)).size !== graph.outputs.length)
    fail("two outputs have one name");
  for (const { name } of graph.values)
    if (!known.has(name)) fail(`a shape is given for "${name}", which nothing defines`);
}

function isWritable(value: unknown): boolean {
  if (typeof value === "string") return true;
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every((item) => Number.isSafeInteger(item));
  return typeof value === "object" && value !== null && "float" in value && typeof value.float === "number";
}
