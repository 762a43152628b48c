// The addon's accessors refuse objects of another class: Node checks the receiver of methods only.
import { expect, it } from "vitest";
import { loadNative } from "../../lib/runtime/native.js";

const native = loadNative();
const dataset = new native.Dataset([{ name: "x", shape: [1], data: new Float32Array(2) }], 2);

it.each([
  [native.Session, "threads"],
  [native.Session, "instructionSet"],
])("an accessor of Session on a data set: %#", (owner, name) => {
  expect(() => Reflect.get(owner.prototype, name, dataset)).toThrow(/expected a native session/);
});

it.each([undefined, 1, {}, native.Dataset.prototype])("the accessor of Dataset on what is none: %#", (receiver) => {
  expect(() => Reflect.get(native.Dataset.prototype, "rows", receiver)).toThrow();
  expect(dataset.rows).toBe(2);
});
