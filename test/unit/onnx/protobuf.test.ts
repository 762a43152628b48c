// The wire format, against the byte sequences of the protobuf documentation and by round trip.
import { describe, expect, it } from "vitest";
import { MessageWriter, readFields } from "../../../lib/onnx/protobuf.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const only = (bytes: Uint8Array) => {
  const [field, ...rest] = readFields(bytes);
  expect(rest).toHaveLength(0);
  return field!;
};

describe("writing", () => {
  it("gives the bytes of the documentation's examples", () => {
    expect(hex(new MessageWriter().integer(1, 150).finish())).toBe("089601");
    expect(hex(new MessageWriter().text(2, "testing").finish())).toBe("120774657374696e67");
    expect(hex(new MessageWriter().message(3, new MessageWriter().integer(1, 150)).finish())).toBe("1a03089601");
  });

  it("writes negative numbers as ten bytes of two's complement, as int64 wants", () => {
    expect(hex(new MessageWriter().integer(1, -1).finish())).toBe("08ffffffffffffffffff01");
  });

  it("writes floats as four little-endian bytes", () => {
    expect(hex(new MessageWriter().float(2, 1.5).finish())).toBe("150000c03f");
  });

  it("copies a block of bytes with its length", () => {
    const block = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
    const bytes = new MessageWriter().bytes(9, block).integer(1, 7).finish();
    const [first, second] = readFields(bytes);
    expect(first!.bytes()).toEqual(block);
    expect(second!.integer()).toBe(7);
  });
});

describe("reading", () => {
  it.each([0, 1, 127, 128, 300, 2 ** 31, 2 ** 53 - 1, -1, -(2 ** 53) + 1])("returns the integer %d", (value) => {
    expect(only(new MessageWriter().integer(15, value).finish()).integer()).toBe(value);
  });

  it("passes over fixed 32 and 64 bit fields", () => {
    const bytes = Uint8Array.of(0x15, 0, 0, 0xc0, 0x3f, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x08, 5);
    expect([...readFields(bytes)].map((field) => field.number)).toEqual([2, 3, 1]);
  });

  it.each([
    ["a number that does not end", [0x08, 0xff]],
    ["a number of eleven bytes", [0x08, ...Array<number>(10).fill(0xff), 1]],
    ["a block longer than the rest", [0x12, 9, 1]],
    ["a length beyond any file", [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ["a group", [0x0b]],
    ["field number 0", [0x00, 1]],
    ["four bytes that are not there", [0x15, 1]],
  ])("refuses %s", (_, bytes) => {
    expect(() => [...readFields(Uint8Array.from(bytes))]).toThrow(SyntaxError);
  });

  it("refuses to read a field as what it is not", () => {
    expect(() => only(new MessageWriter().integer(1, 1).finish()).text()).toThrow(SyntaxError);
    expect(() => only(new MessageWriter().text(1, "a").finish()).integer()).toThrow(SyntaxError);
    expect(() => only(new MessageWriter().bytes(1, Uint8Array.of(0xff)).finish()).text()).toThrow(SyntaxError);
    expect(() => only(new MessageWriter().integer(1, 2n ** 60n).finish()).integer()).toThrow(SyntaxError);
  });
});
