// Named float32 tensors as a safetensors file (https://huggingface.co/docs/safetensors), written and read with every check.
import { ArgumentError, DataError, type Shape, shapeText } from "../errors.js";
import { findDuplicateKey } from "./duplicate_keys.js";
import { floatsFromLittleEndian, toLittleEndian } from "./little_endian.js";

export interface NamedTensor {
  readonly name: string;
  readonly data: Float32Array;
  readonly shape: Shape;
}

export interface SafetensorsContent {
  /** In the order of the file. */
  readonly tensors: readonly NamedTensor[];
  /** The strings under `__metadata__`; without one, empty. */
  readonly metadata: ReadonlyMap<string, string>;
}

const METADATA = "__metadata__";
/** The limit of the format's own implementation; a longer header is a foreign or hostile file. */
const MAX_HEADER_BYTES = 100_000_000;
const ALIGNMENT = 8;
const BYTES_PER_FLOAT = 4;

/** The bytes of a safetensors file: u64 header length, JSON header, the data without gaps in the order given. */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set(METADATA, metadata);
  let end = 0;
  for (const { name, data, shape } of tensors) {
    if (header.has(name) || name === METADATA)
      throw new ArgumentError(`tensor "${name}": the name is taken; choose another`);
    if (elements(shape) !== data.length)
      throw new ArgumentError(`tensor "${name}": shape ${shapeText(shape)} does not hold ${data.length} numbers`);
    const begin = end;
    end += data.byteLength;
    header.set(name, { dtype: "F32", shape, data_offsets: [begin, end] });
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (headerLength > MAX_HEADER_BYTES)
    throw new ArgumentError(`a header of ${headerLength} bytes is too long for a safetensors file`);
  const start = 8 + headerLength;
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, start);
  file.set(json, 8);
  let at = start;
  for (const { data } of tensors) {
    file.set(toLittleEndian(data), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file of float32 tensors.
 * @param file What messages call it: its path.
 * @throws DataError that says what is wrong with the file: truncated, foreign, or altered.
 */
export function decodeSafetensors(bytes: Uint8Array, file = "the file"): SafetensorsContent {
  const fail = (why: string): never => {
    throw new DataError(
      `${file} is not a whole safetensors file (load reads what trainer.save wrote): ${why}; copy or save it again`,
    );
  };
  if (bytes.length < 8) return fail(`it has ${bytes.length} bytes, and the length of the header alone takes 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > MAX_HEADER_BYTES) return fail(`its header would have ${headerLength} bytes`);
  if (headerLength > bytes.length - 8)
    return fail(`its header should have ${headerLength} bytes, ${bytes.length - 8} are there`);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fail);
  const data = bytes.subarray(8 + headerLength);

  let metadata = new Map<string, string>();
  const entries: (Entry & { name: string })[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = readMetadata(value, fail);
    else entries.push({ name, ...readEntry(name, value, fail) });
  }
  // Sorting is stable, so tensors of no element keep the order of the header.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) return fail(`tensor "${name}" starts at byte ${begin} of the data, not at ${expected}`);
    expected = end;
  }
  if (expected !== data.length) return fail(`its tensors take ${expected} bytes, ${data.length} are there`);
  const tensors = entries.map(({ name, shape, begin, end }) => ({
    name,
    shape,
    data: floatsFromLittleEndian(data.subarray(begin, end)),
  }));
  return { tensors, metadata };
}

type Fail = (why: string) => never;

interface Entry {
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

function parseHeader(bytes: Uint8Array, fail: Fail): object {
  let text = "";
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    return fail("its header is not JSON");
  }
  if (!text.startsWith("{") || !isRecord(header)) return fail("its header is not a JSON object");
  const twice = findDuplicateKey(text);
  if (twice !== undefined) return fail(`its header has "${twice}" twice`);
  return header;
}

function readMetadata(value: unknown, fail: Fail): Map<string, string> {
  if (!isRecord(value)) return fail(`${METADATA} is not an object`);
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") return fail(`${METADATA} "${key}" is not a string`);
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown, fail: Fail): Entry {
  if (!isRecord(value)) return fail(`its entry for tensor "${name}" is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") return fail(`tensor "${name}" has no dtype`);
  if (dtype !== "F32") return fail(`tensor "${name}" has dtype ${dtype}, and netwright reads F32 only`);
  if (!isSizes(shape)) return fail(`tensor "${name}" has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) return fail(`tensor "${name}" has no valid data_offsets`);
  const [begin, end] = offsets as [number, number];
  const wanted = elements(shape) * BYTES_PER_FLOAT;
  if (!Number.isSafeInteger(wanted) || end - begin !== wanted)
    return fail(
      `tensor "${name}" of shape ${shapeText(shape)} should take ${wanted} bytes, its offsets give ${end - begin}`,
    );
  return { shape, begin, end };
}

function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
