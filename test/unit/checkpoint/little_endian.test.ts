// Bytes in files are little-endian whatever the machine is.
import { expect, it } from "vitest";
import { floatsFromLittleEndian, toLittleEndian } from "../../../lib/checkpoint/little_endian.js";

it("gives little-endian bytes and takes them back", () => {
  expect([...toLittleEndian(Float32Array.of(1, -2))]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  expect([...toLittleEndian(BigInt64Array.of(258n))]).toEqual([2, 1, 0, 0, 0, 0, 0, 0]);
  expect([...floatsFromLittleEndian(Uint8Array.of(0, 0, 0x80, 0x3f))]).toEqual([1]);
});

it("writes the part that a view shows", () => {
  expect([...toLittleEndian(Float32Array.of(5, 1, 5).subarray(1, 2))]).toEqual([0, 0, 0x80, 0x3f]);
});
