// Reads what an ONNX file says about itself, in browsers too: inputs, outputs, versions, class and feature names.
import { DataError } from "../errors.js";
import { infoOf, type OnnxInfo } from "./metadata.js";
import { ELEMENT_TYPES } from "./model.js";
import { readFields } from "./protobuf.js";

export interface OnnxPort {
  readonly name: string;
  /** `float32`, `int32`, `int64`; otherwise `type <n>` with the number of TensorProto.DataType. */
  readonly type: string;
  /** A text is the name of a size that may differ, `?` one without a name. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxFileInfo extends OnnxInfo {
  readonly irVersion: number;
  /** Version of the standard operators. */
  readonly opset: number;
  readonly producerName: string;
  readonly producerVersion: string;
  /** Name of the graph. */
  readonly name: string;
  readonly docString: string;
  /** Without initializers, which old files list among the inputs. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** All metadata_props. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the head of an ONNX file of any exporter; weights are passed over, not copied.
 * @param file What messages call it: its path.
 * @throws DataError for a file that is truncated or no ONNX model.
 */
export function readOnnxInfo(bytes: Uint8Array, file = "the file"): OnnxFileInfo {
  try {
    return readModel(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DataError(`${file} is not a whole ONNX model: ${error.message}; copy or export it again`, {
      cause: error,
    });
  }
}

function readModel(bytes: Uint8Array): OnnxFileInfo {
  let irVersion = 0;
  let opset = 0;
  let producerName = "";
  let producerVersion = "";
  let docString = "";
  let graph: Uint8Array | undefined;
  const properties: [string, string][] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) irVersion = field.integer();
    else if (field.number === 2) producerName = field.text();
    else if (field.number === 3) producerVersion = field.text();
    else if (field.number === 6) docString = field.text();
    else if (field.number === 7) graph = field.bytes();
    else if (field.number === 8) opset = readOpset(field.bytes()) ?? opset;
    else if (field.number === 14) properties.push(readProperty(field.bytes()));
  }
  if (irVersion < 1 || irVersion > 1000) throw new SyntaxError("it has no IR version");
  if (opset < 1) throw new SyntaxError("it imports no opset of the standard operators");
  if (graph === undefined) throw new SyntaxError("it has no graph");
  const metadata = Object.fromEntries(properties);
  return {
    irVersion,
    opset,
    producerName,
    producerVersion,
    docString,
    metadata,
    ...readGraph(graph),
    ...infoOf(metadata),
  };
}

/** The version when the import is that of the standard operators. */
function readOpset(bytes: Uint8Array): number | undefined {
  let domain = "";
  let version = 0;
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = field.text();
    else if (field.number === 2) version = field.integer();
  }
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

function readProperty(bytes: Uint8Array): [string, string] {
  let key = "";
  let value = "";
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = field.text();
    else if (field.number === 2) value = field.text();
  }
  return [key, value];
}

function readGraph(bytes: Uint8Array): Pick<OnnxFileInfo, "name" | "inputs" | "outputs"> {
  let name = "";
  const inputs: OnnxPort[] = [];
  const outputs: OnnxPort[] = [];
  const initializers = new Set<string>();
  for (const field of readFields(bytes)) {
    if (field.number === 1) checkMessage(field.bytes());
    else if (field.number === 2) name = field.text();
    else if (field.number === 5) initializers.add(textField(field.bytes(), 8));
    else if (field.number === 11) inputs.push(readPort(field.bytes()));
    else if (field.number === 12) outputs.push(readPort(field.bytes()));
  }
  if (outputs.length === 0) throw new SyntaxError("its graph has no output");
  return { name, inputs: inputs.filter((input) => !initializers.has(input.name)), outputs };
}

/** Throws SyntaxError when the fields of a message do not fit in it. */
function checkMessage(bytes: Uint8Array): void {
  for (const _ of readFields(bytes));
}

function textField(bytes: Uint8Array, number: number): string {
  let text = "";
  for (const field of readFields(bytes)) if (field.number === number) text = field.text();
  return text;
}

function readPort(bytes: Uint8Array): OnnxPort {
  const tensor = inner(inner(bytes, 2), 1);
  let element = 0;
  const shape: (number | string)[] = [];
  for (const field of readFields(tensor)) {
    if (field.number === 1) element = field.integer();
    else if (field.number === 2)
      for (const dimension of readFields(field.bytes()))
        if (dimension.number === 1) shape.push(readSize(dimension.bytes()));
  }
  const known = Object.entries(ELEMENT_TYPES).find(([, number]) => number === element);
  return { name: textField(bytes, 1), type: known?.[0] ?? `type ${element}`, shape };
}

/** The message in a field of a message; empty when it is not there. */
function inner(bytes: Uint8Array, number: number): Uint8Array {
  for (const field of readFields(bytes)) if (field.number === number) return field.bytes();
  return bytes.subarray(0, 0);
}

function readSize(bytes: Uint8Array): number | string {
  for (const field of readFields(bytes)) {
    if (field.number === 1) return field.integer();
    if (field.number === 2) return field.text() || "?";
  }
  return "?";
}
