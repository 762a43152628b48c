// IDX, the format of MNIST: a typed array with its shape in front, big-endian, often in gzip.
import { DataError, type Shape, shapeText } from "../errors.js";
import type { NumericArray } from "../runtime/numeric_data.js";
import { type NamedBytes, readUnpacked, type Source } from "./files.js";

export interface IdxArray {
  readonly shape: Shape;
  /** Row-major, of the type in the file. */
  readonly data: NumericArray;
}

type Getter = (view: DataView, offset: number) => number;
interface ElementType {
  readonly bytes: number;
  readonly make: (length: number) => NumericArray;
  readonly get: Getter;
}

const TYPES: Readonly<Record<number, ElementType>> = {
  8: { bytes: 1, make: (n) => new Uint8Array(n), get: (view, offset) => view.getUint8(offset) },
  9: { bytes: 1, make: (n) => new Int8Array(n), get: (view, offset) => view.getInt8(offset) },
  11: { bytes: 2, make: (n) => new Int16Array(n), get: (view, offset) => view.getInt16(offset) },
  12: { bytes: 4, make: (n) => new Int32Array(n), get: (view, offset) => view.getInt32(offset) },
  13: { bytes: 4, make: (n) => new Float32Array(n), get: (view, offset) => view.getFloat32(offset) },
  14: { bytes: 8, make: (n) => new Float64Array(n), get: (view, offset) => view.getFloat64(offset) },
};

/**
 * Reads an IDX file, plain or in gzip, from a path or from bytes.
 * Throws DataError when it is not IDX, or shorter or longer than its header says.
 *
 * @example
 * const images = await readIdx("train-images-idx3-ubyte.gz"); // shape [60000, 28, 28]
 */
export async function readIdx(source: Source): Promise<IdxArray> {
  return parseIdx(await readUnpacked(source));
}

/** The array in the bytes of an IDX file. */
export function parseIdx({ name, bytes }: NamedBytes): IdxArray {
  const fail = (problem: string): never => {
    throw new DataError(`${name}: ${problem}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes.length >= 4 && view.getUint16(0) === 0 ? TYPES[view.getUint8(2)] : undefined;
  const rank = type === undefined ? 0 : view.getUint8(3);
  if (type === undefined || rank === 0) {
    const found = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return fail(
      `expected an IDX file (first bytes 00 00, type, rank; 00 00 08 03 for images), found ${found}; check that it is the right file`,
    );
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start)
    return fail(
      `expected an IDX header of ${start} bytes for rank ${rank}, found ${bytes.length} bytes; the file is truncated, fetch it again`,
    );
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  const expected = start + length * type.bytes;
  if (bytes.length !== expected)
    return fail(
      `its header says ${shapeText(shape)}, ${expected} bytes in all, found ${bytes.length}; the file is ${bytes.length < expected ? "truncated" : "damaged"}, fetch it again`,
    );
  const data = type.make(length);
  for (let i = 0; i < length; i++) data[i] = type.get(view, start + i * type.bytes);
  return { shape, data };
}
