// IDX files are read for every element type, and nothing else is.
import { gzipSync } from "node:zlib";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readIdx } from "../../../lib/data/idx.js";
import { DataError } from "../../../lib/errors.js";

/** An IDX file with these big-endian element bytes. */
function idxFile(type: number, shape: readonly number[], elements: Buffer): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  for (const [i, dimension] of shape.entries()) header.writeUInt32BE(dimension, 4 + 4 * i);
  return Buffer.concat([header, elements]);
}

describe("element types", () => {
  const of = (bytes: number, write: (buffer: Buffer, value: number, offset: number) => void, values: number[]) => {
    const buffer = Buffer.alloc(bytes * values.length);
    for (const [i, value] of values.entries()) write(buffer, value, bytes * i);
    return buffer;
  };
  test.each([
    [8, Uint8Array, [0, 255], of(1, (b, v, o) => b.writeUInt8(v, o), [0, 255])],
    [9, Int8Array, [-128, 127], of(1, (b, v, o) => b.writeInt8(v, o), [-128, 127])],
    [11, Int16Array, [-32768, 258], of(2, (b, v, o) => b.writeInt16BE(v, o), [-32768, 258])],
    [12, Int32Array, [-2147483648, 66051], of(4, (b, v, o) => b.writeInt32BE(v, o), [-2147483648, 66051])],
    [13, Float32Array, [-0.5, 3e38], of(4, (b, v, o) => b.writeFloatBE(v, o), [-0.5, Math.fround(3e38)])],
    [14, Float64Array, [-0.1, 1e300], of(8, (b, v, o) => b.writeDoubleBE(v, o), [-0.1, 1e300])],
  ])("type %i is a %o", async (type, kind, values, elements) => {
    const { shape, data } = await readIdx(idxFile(type, [2], elements));
    expect(shape).toEqual([2]);
    expect(data).toBeInstanceOf(kind);
    expect([...data]).toEqual(values.map((value) => (type === 13 ? Math.fround(value) : value)));
  });
});

test("images, plain and in gzip, from bytes and from a path", async () => {
  const pixels = Buffer.from(Array.from({ length: 12 }, (_, i) => 20 * i));
  const file = idxFile(8, [3, 2, 2], pixels);
  const folder = await mkdtemp(path.join(tmpdir(), "netwright-idx-"));
  try {
    const name = path.join(folder, "images.gz");
    await writeFile(name, gzipSync(file));
    for (const source of [file, gzipSync(file), name]) {
      const { shape, data } = await readIdx(source);
      expect(shape).toEqual([3, 2, 2]);
      expect([...data]).toEqual([...pixels]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe("errors name what was expected, found, and the remedy", () => {
  const whole = idxFile(8, [3, 2, 2], Buffer.alloc(12));
  test.each([
    ["an empty file", Buffer.alloc(0), /the file is empty; fetch it again/],
    [
      "a foreign file",
      Buffer.from("hello"),
      /expected an IDX file .*found 68 65 6c 6c; check that it is the right file/,
    ],
    ["an unknown type", idxFile(7, [1], Buffer.alloc(1)), /expected an IDX file/],
    ["rank 0", idxFile(8, [], Buffer.alloc(1)), /expected an IDX file/],
    ["a cut header", whole.subarray(0, 10), /header of 16 bytes for rank 3, found 10 bytes; the file is truncated/],
    ["cut elements", whole.subarray(0, 20), /says \[3, 2, 2\], 28 bytes in all, found 20; the file is truncated/],
    ["bytes too many", Buffer.concat([whole, Buffer.alloc(1)]), /28 bytes in all, found 29; the file is damaged/],
    ["a huge size", idxFile(14, [2 ** 32 - 1, 2 ** 32 - 1], Buffer.alloc(8)), /\[4294967295, 4294967295\]/],
    ["a cut gzip file", gzipSync(whole).subarray(0, 20), /expected a whole gzip file.*truncated or damaged/],
  ])("%s", async (_, bytes, message) => {
    await expect(readIdx(bytes)).rejects.toThrow(DataError);
    await expect(readIdx(bytes)).rejects.toThrow(message);
  });

  test("a path where nothing is, and a folder", async () => {
    await expect(readIdx("nowhere/images.gz")).rejects.toThrow(
      /nowhere\/images\.gz: there is no such file; check the path/,
    );
    await expect(readIdx(tmpdir())).rejects.toThrow(/this is a folder/);
  });
});
