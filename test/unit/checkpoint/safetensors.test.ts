// The safetensors format: round trip, the bytes of the specification, and every way in which a file can be wrong.
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../../lib/checkpoint/safetensors.js";
import { ArgumentError, DataError } from "../../../lib/errors.js";

/** A file from a header written by hand, so that it can be wrong. */
function fileOf(header: unknown, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}
const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const tensors = [
  { name: "conv2d_1.weight", data: Float32Array.of(1, -2, 3.5, 1e-40, Number.MAX_VALUE, -0), shape: [1, 2, 3] },
  { name: "scalar", data: Float32Array.of(7), shape: [] },
  { name: "nothing", data: new Float32Array(), shape: [0, 4] },
  { name: "größe.1", data: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY), shape: [2] },
];

describe("round trip", () => {
  it("returns tensors bit by bit, in order, with metadata", () => {
    const read = decodeSafetensors(encodeSafetensors(tensors, { format: "test", text: 'a "quoted"\nline' }));
    expect(read.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
      tensors.map(({ name, shape }) => ({ name, shape })),
    );
    read.tensors.forEach(({ data }, i) => {
      expect(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).toEqual(
        new Uint8Array(tensors[i]!.data.buffer),
      );
    });
    expect([...read.metadata]).toEqual([
      ["format", "test"],
      ["text", 'a "quoted"\nline'],
    ]);
  });

  it("reads a file that starts at any address", () => {
    const file = encodeSafetensors(tensors);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(decodeSafetensors(shifted.subarray(3)).tensors[0]!.data).toEqual(tensors[0]!.data);
  });

  it("keeps names that objects treat specially", () => {
    const odd = ["__proto__", "constructor", "1", "0"].map((name, i) => ({
      name,
      data: Float32Array.of(i),
      shape: [1],
    }));
    expect(decodeSafetensors(encodeSafetensors(odd)).tensors).toEqual(odd);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  it("has no data of its own: an empty list is a file", () => {
    expect(decodeSafetensors(encodeSafetensors([])).tensors).toEqual([]);
  });
});

describe("bytes", () => {
  it("are the specification's: u64 length, JSON padded with spaces to 8 bytes, data", () => {
    const file = encodeSafetensors([{ name: "a", data: Float32Array.of(1), shape: [1] }]);
    const length = new DataView(file.buffer).getUint32(0, true);
    const header = new TextDecoder().decode(file.subarray(8, 8 + length));
    expect([length % 8, header[0]]).toEqual([0, "{"]);
    expect(JSON.parse(header)).toEqual({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } });
    expect([...file.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });
});

describe("writing refuses", () => {
  it("two tensors of one name, a reserved name, and a shape that does not hold the data", () => {
    const one = { name: "a", data: Float32Array.of(1), shape: [1] };
    expect(() => encodeSafetensors([one, one])).toThrow(ArgumentError);
    expect(() => encodeSafetensors([{ ...one, name: "__metadata__" }])).toThrow(ArgumentError);
    expect(() => encodeSafetensors([{ ...one, shape: [2] }])).toThrow('tensor "a": shape [2] does not hold 1 numbers');
  });
});

describe("reading refuses", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(), /it has 0 bytes/],
    ["a header longer than the file", Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0, 0x7b), /99 bytes, 1 are there/],
    ["an absurd header length", new Uint8Array(16).fill(255), /header would have/],
    ["a header that is not JSON", fileOf("{nonsense"), /not JSON/],
    ["a header that is not an object", fileOf("[]"), /not a JSON object/],
    ["a header that starts with a space", fileOf(" {}"), /not a JSON object/],
    [
      "a tensor twice",
      fileOf(
        '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}',
        4,
      ),
      /"a" twice/,
    ],
    [
      "a field twice, once escaped",
      fileOf('{"a":{"dtype":"F32","shape":[],"sh\\u0061pe":[1],"data_offsets":[0,4]}}', 4),
      /"shape" twice/,
    ],
    ["another dtype", fileOf({ a: entry([1], 0, 2, "F16") }, 2), /dtype F16, and netwright reads F32 only/],
    ["no dtype", fileOf({ a: { shape: [1], data_offsets: [0, 4] } }, 4), /no dtype/],
    ["a negative size", fileOf({ a: entry([-1, -1], 0, 4) }, 4), /no valid shape/],
    ["a fraction as size", fileOf({ a: entry([0.5, 2], 0, 4) }, 4), /no valid shape/],
    ["a size beyond 2^53", fileOf({ a: entry([2 ** 30, 2 ** 30], 0, 4) }, 4), /offsets give 4/],
    ["offsets beyond the data", fileOf({ a: entry([2], 0, 8) }, 4), /take 8 bytes, 4 are there/],
    ["data that no tensor takes", fileOf({ a: entry([1], 0, 4) }, 8), /take 4 bytes, 8 are there/],
    ["a gap", fileOf({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), /"b" starts at byte 8 of the data, not at 4/],
    [
      "an overlap",
      fileOf({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, 8),
      /"b" starts at byte 4 of the data, not at 8/,
    ],
    ["offsets the wrong way round", fileOf({ a: entry([1], 4, 0) }, 4), /should take 4 bytes, its offsets give -4/],
    ["three offsets", fileOf({ a: { dtype: "F32", shape: [], data_offsets: [0, 2, 4] } }, 4), /no valid data_offsets/],
    ["an entry that is a list", fileOf({ a: [] }), /not an object/],
    ["metadata that is not text", fileOf({ __metadata__: { a: 1 } }), /"a" is not a string/],
    ["metadata that is a list", fileOf({ __metadata__: [] }), /__metadata__ is not an object/],
  ])("%s", (_, file, message) => {
    expect(() => decodeSafetensors(file, "w.safetensors")).toThrow(DataError);
    expect(() => decodeSafetensors(file, "w.safetensors")).toThrow(message);
    expect(() => decodeSafetensors(file, "w.safetensors")).toThrow(
      /^w\.safetensors is not a whole.*copy or save it again$/s,
    );
  });

  it("a file cut off anywhere", () => {
    const file = encodeSafetensors(tensors);
    for (let length = 0; length < file.length; length++)
      expect(() => decodeSafetensors(file.subarray(0, length))).toThrow(DataError);
  });
});
