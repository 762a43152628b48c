// Writes the forward graph of a model, as the layers lowered it and before any pass, as an ONNX file.
import type { Graph } from "../compile/graph.js";
import type { PlanNode, PlanValue } from "../compile/plan.js";
import { ArgumentError, BATCH, PlanError, type Shape, shapeText } from "../errors.js";
import { type OnnxEmitter, opDefinition, type ValueId, type ValueType } from "../ops/op.js";
import { checkModel, chooseOpset, irVersionOf, LOWEST_OPSET } from "./check.js";
import { foldConstants } from "./fold.js";
import { metadataOf, type OnnxInfo } from "./metadata.js";
import {
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxShape,
  type OnnxTensor,
  type OnnxValueInfo,
} from "./model.js";
import { identifierOf, Names } from "./names.js";

/** The weights of a model by name, in the user's order of dimensions: OIHW, and [inputs, units]. */
export type WeightReader = (name: string) => { readonly data: Float32Array; readonly shape: Shape };

export interface ExportOptions {
  /** Name of the graph, shown by viewers; default `netwright`. */
  readonly name?: string;
  /** Version of netwright that the file names as its producer. */
  readonly producerVersion?: string;
  /** Default: the lowest that the model's ops allow, 17 or more. */
  readonly opset?: number;
  readonly docString?: string;
  /** Class and feature names and how the model was trained. */
  readonly info?: OnnxInfo;
  /** Further metadata_props, such as `model_author` and `model_license`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The limit of one protobuf message, and so of a file without external data. */
const MAX_BYTES = 2 ** 31 - 1;
const BATCH_NAME = "batch";

/**
 * The bytes of an ONNX file: IR 8, opset 17 where the ops allow it, any batch size, the names of the graph's inputs and outputs.
 * @param forward Graph of predict mode before any pass, its outputs marked with role `output`.
 * @param weights Reads parameters and states.
 * @throws PlanError for an op without ONNX form, ArgumentError for an opset that cannot carry the model.
 */
export function exportOnnx(forward: Graph, weights: WeightReader, options: ExportOptions = {}): Uint8Array {
  const bytes = encodeModel(buildModel(forward, weights, options));
  if (bytes.length > MAX_BYTES)
    throw new ArgumentError(
      `the ONNX file would have ${bytes.length} bytes, and the format ends at ${MAX_BYTES}; save the model instead`,
    );
  return bytes;
}

/** The checked model before it becomes bytes. */
export function buildModel(forward: Graph, weights: WeightReader, options: ExportOptions = {}): OnnxModel {
  const nodes = neededNodes(forward);
  const inputs = forward.values.filter((value) => value.role === "input" && isRead(forward, value, nodes));
  const emitter = new Emitter(forward, weights);
  for (const node of nodes) emitter.emit(node);

  const outputs = forward.values.flatMap((value, id) => (value.role === "output" ? [emitter.info(id)] : []));
  const folded = foldConstants(emitter, new Set(outputs.map((output) => output.name)));
  const inputInfos = inputs.map((value) => emitter.info(forward.values.indexOf(value)));
  const opset = chooseOpset(emitter.neededOpset, options.opset);
  const model: OnnxModel = {
    irVersion: irVersionOf(opset),
    opset,
    producerName: "netwright",
    producerVersion: options.producerVersion ?? "",
    docString: options.docString ?? "",
    metadata: { ...metadataOf(options.info ?? {}, inputInfos[0]?.shape ?? []), ...options.metadata },
    graph: {
      name: options.name ?? "netwright",
      ...folded,
      inputs: inputInfos,
      outputs,
      values: intermediates(forward, emitter, folded.nodes),
    },
  };
  checkModel(model);
  return model;
}

/** Nodes that outputs depend on, in order. */
function neededNodes(graph: Graph): PlanNode[] {
  const needed = new Set<ValueId>(graph.values.flatMap((value, id) => (value.role === "output" ? [id] : [])));
  if (needed.size === 0) throw new PlanError("exported model: no value of the graph is marked as output");
  const nodes: PlanNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.out.some((id) => needed.has(id))) continue;
    nodes.push(node);
    for (const id of node.in) needed.add(id);
  }
  return nodes.reverse();
}

function isRead(graph: Graph, value: PlanValue, nodes: readonly PlanNode[]): boolean {
  return nodes.some((node) => node.in.some((id) => graph.values[id] === value));
}

/** Shapes of the values between inputs and outputs that nodes still compute. */
function intermediates(graph: Graph, emitter: Emitter, nodes: readonly OnnxNode[]): OnnxValueInfo[] {
  const computed = new Set(nodes.flatMap((node) => node.outputs));
  return graph.values.flatMap((value, id) => {
    if (value.role !== "temp" || !emitter.isNamed(id)) return [];
    const info = emitter.info(id);
    return computed.has(info.name) ? [info] : [];
  });
}

/** Collects what the ops' onnx rules write. */
class Emitter implements OnnxEmitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  neededOpset = LOWEST_OPSET;
  private readonly names = new Names();
  private readonly nodeNames = new Names();
  private readonly nameOf = new Map<ValueId, string>();
  private label = "";

  constructor(
    private readonly graph: Graph,
    private readonly weights: WeightReader,
  ) {
    // Names that users and the weights' readers rely on come first, so that no other takes them.
    for (const roles of [
      ["input", "output"],
      ["param", "state"],
    ])
      graph.values.forEach((value, id) => {
        if (roles.includes(value.role)) this.nameOf.set(id, this.names.exact(value.name));
      });
  }

  emit(node: PlanNode): void {
    const { onnx } = opDefinition(node.op);
    if (onnx === undefined)
      throw new PlanError(`${node.label}: op "${node.op}" has no ONNX form; give its definition an onnx rule`);
    this.label = node.label || node.op;
    for (const id of node.in) this.addWeight(id);
    onnx(this, node);
  }

  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): void {
    const name = this.nodeNames.identifier(`${this.label}_${type}`);
    this.nodes.push({ name, type, inputs: [...inputs], outputs: [...outputs], attributes });
  }

  name(value: ValueId): string {
    const known = this.nameOf.get(value);
    if (known !== undefined) return known;
    const name = this.names.identifier(this.graph.at(value).name);
    this.nameOf.set(value, name);
    return name;
  }

  isNamed(value: ValueId): boolean {
    return this.nameOf.has(value);
  }

  fresh(hint: string): string {
    // Most hints are the names of values, which start with the layer already.
    return this.names.identifier(hint.startsWith(identifierOf(this.label)) ? hint : `${this.label}_${hint}`);
  }

  constant(hint: string, data: Float32Array | BigInt64Array, shape: Shape): string {
    const name = this.fresh(hint);
    this.initializers.push({ name, data, shape });
    return name;
  }

  requireOpset(version: number): void {
    this.neededOpset = Math.max(this.neededOpset, version);
  }

  typeOf(value: ValueId): ValueType {
    return this.graph.typeOf(value);
  }

  info(value: ValueId): OnnxValueInfo {
    const { shape, dtype } = this.graph.at(value);
    const sizes: OnnxShape = shape.map((size) => (size === BATCH ? BATCH_NAME : size));
    return { name: this.name(value), type: dtype, shape: sizes };
  }

  private addWeight(id: ValueId): void {
    const value = this.graph.at(id);
    const name = this.name(id);
    if ((value.role !== "param" && value.role !== "state") || this.initializers.some((tensor) => tensor.name === name))
      return;
    const { data, shape } = this.weights(value.name);
    if (shapeText(shape) !== shapeText(value.shape))
      throw new PlanError(
        `weight "${value.name}" has shape ${shapeText(shape)}, the model expects ${shapeText(value.shape)}`,
      );
    this.initializers.push({ name, data, shape: value.shape });
  }
}
