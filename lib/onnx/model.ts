// An ONNX model as plain data, and its bytes: field numbers of onnx/onnx.proto (IR versions 8 to 13).
import { toLittleEndian } from "../checkpoint/little_endian.js";
import { MessageWriter } from "./protobuf.js";

/** Sizes of a value; a text is the name of a size that may differ from run to run, such as `batch`. */
export type OnnxShape = readonly (number | string)[];

/** Element types of TensorProto.DataType that netwright writes. */
export const ELEMENT_TYPES = { float32: 1, int32: 6, int64: 7 } as const;
export type OnnxElementType = keyof typeof ELEMENT_TYPES;

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly shape: OnnxShape;
}

export interface OnnxTensor {
  readonly name: string;
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** A number is an int, `{ float }` a float, an array ints. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  /** Names of values; "" stands for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opset: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly docString: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: {
    readonly name: string;
    readonly nodes: readonly OnnxNode[];
    readonly initializers: readonly OnnxTensor[];
    readonly inputs: readonly OnnxValueInfo[];
    readonly outputs: readonly OnnxValueInfo[];
    /** Shapes of values in between, for viewers and for runtimes that plan memory. */
    readonly values: readonly OnnxValueInfo[];
  };
}

/** The file: a ModelProto in protobuf's wire format. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new MessageWriter()
    .integer(1, model.irVersion)
    .text(2, model.producerName)
    .text(3, model.producerVersion);
  // model_version: the exported network is the first of its kind; whoever publishes several counts on.
  writer.integer(5, 1);
  if (model.docString !== "") writer.text(6, model.docString);
  writer.message(7, graphMessage(model.graph));
  writer.message(8, new MessageWriter().text(1, "").integer(2, model.opset));
  for (const [key, value] of Object.entries(model.metadata))
    writer.message(14, new MessageWriter().text(1, key).text(2, value));
  return writer.finish();
}

function graphMessage(graph: OnnxModel["graph"]): MessageWriter {
  const writer = new MessageWriter();
  for (const node of graph.nodes) writer.message(1, nodeMessage(node));
  writer.text(2, graph.name);
  for (const tensor of graph.initializers) writer.message(5, tensorMessage(tensor));
  for (const input of graph.inputs) writer.message(11, valueMessage(input));
  for (const output of graph.outputs) writer.message(12, valueMessage(output));
  for (const value of graph.values) writer.message(13, valueMessage(value));
  return writer;
}

function nodeMessage(node: OnnxNode): MessageWriter {
  const writer = new MessageWriter();
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name).text(4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) writer.message(5, attributeMessage(name, value));
  return writer;
}

/** AttributeProto: the value in the field of its kind, and the kind in field 20. */
function attributeMessage(name: string, value: OnnxAttribute): MessageWriter {
  const writer = new MessageWriter().text(1, name);
  if (typeof value === "number") return writer.integer(3, value).integer(20, 2);
  if (typeof value === "string") return writer.text(4, value).integer(20, 3);
  if ("float" in value) return writer.float(2, value.float).integer(20, 1);
  for (const item of value) writer.integer(8, item);
  return writer.integer(20, 7);
}

function tensorMessage(tensor: OnnxTensor): MessageWriter {
  const writer = new MessageWriter();
  for (const size of tensor.shape) writer.integer(1, size);
  const type = tensor.data instanceof Float32Array ? ELEMENT_TYPES.float32 : ELEMENT_TYPES.int64;
  return writer.integer(2, type).text(8, tensor.name).bytes(9, toLittleEndian(tensor.data));
}

function valueMessage(value: OnnxValueInfo): MessageWriter {
  const shape = new MessageWriter();
  for (const size of value.shape) {
    const dimension = new MessageWriter();
    shape.message(1, typeof size === "number" ? dimension.integer(1, size) : dimension.text(2, size));
  }
  const tensorType = new MessageWriter().integer(1, ELEMENT_TYPES[value.type]).message(2, shape);
  return new MessageWriter().text(1, value.name).message(2, new MessageWriter().message(1, tensorType));
}
