// A model file holds definition, settings and weights; what is foreign or altered is refused by name.
import { describe, expect, it } from "vitest";
import { decodeModelFile, encodeModelFile } from "../../../lib/checkpoint/model_file.js";
import { encodeSafetensors } from "../../../lib/checkpoint/safetensors.js";
import { DataError } from "../../../lib/errors.js";
import { dense, sequential } from "../../../lib/layers/index.js";
import "../../../lib/ops/index.js";

const model = sequential([2], [dense(1)]);
const weights = [
  { name: "dense_1.weight", data: Float32Array.of(1, 2), shape: [2, 1] },
  { name: "dense_1.bias", data: Float32Array.of(3), shape: [1] },
];
const settings = { classes: ["a", "ä"], featureNames: ["x", "y"], standardizeTargets: false, scaled: true };
const metadata = {
  format: "netwright",
  version: "1",
  model: JSON.stringify(model),
  settings: JSON.stringify(settings),
};

describe("model files", () => {
  it("are read as they were written", () => {
    expect(decodeModelFile(encodeModelFile({ model, weights, settings }))).toEqual({ model, weights, settings });
  });

  it("are the same bytes for the same content", () => {
    expect(encodeModelFile({ model, weights, settings })).toEqual(encodeModelFile({ model, weights, settings }));
  });

  const altered = (change: object) => encodeSafetensors(weights, { ...metadata, ...change });
  it.each<[string, Uint8Array, RegExp]>([
    [
      "weights of another program",
      encodeSafetensors(weights),
      /m\.st holds weights without a netwright model; load a file that trainer\.save\(\) wrote/,
    ],
    ["a later version", altered({ version: "2" }), /m\.st has version 2 .* reads 1; update netwright/],
    [
      "a definition that is not JSON",
      altered({ model: "{" }),
      /m\.st: "model" in its header is not JSON; the file was altered/,
    ],
    ["a definition that is a list", altered({ model: "[]" }), /"model" in its header is not a JSON object/],
    [
      "a layer that is not registered",
      altered({ model: JSON.stringify(model).replace('"kind":"dense"', '"kind":"densest"') }),
      /m\.st: .*"densest".*registered with defineLayer\(\) before it is loaded/,
    ],
    ["a definition without nodes", altered({ model: "{}" }), /m\.st: model: expects one input/],
    ["a field twice", altered({ model: '{"inputs":[],"inputs":[]}' }), /"model" in its header has "inputs" twice/],
    [
      "settings that are not there",
      encodeSafetensors(weights, { format: "netwright", version: "1", model: metadata.model }),
      /"settings" in its header is missing/,
    ],
    [
      "class names that are numbers",
      altered({ settings: JSON.stringify({ ...settings, classes: [1] }) }),
      /its classes are not a list of names/,
    ],
    [
      "a switch that is text",
      altered({ settings: JSON.stringify({ ...settings, scaled: "yes" }) }),
      /its scaled is neither true nor false/,
    ],
    [
      "a weight that is not finite",
      encodeSafetensors([{ ...weights[0]!, data: Float32Array.of(1, Number.NaN) }], metadata),
      /element 1 of "dense_1\.weight" is NaN/,
    ],
  ])("refuse %s", (_, bytes, message) => {
    expect(() => decodeModelFile(bytes, "m.st")).toThrow(DataError);
    expect(() => decodeModelFile(bytes, "m.st")).toThrow(message);
  });

  it("cannot give their content a prototype", () => {
    const text = `${JSON.stringify(model).slice(0, -1)},"__proto__":{"polluted":true}}`;
    const read = decodeModelFile(altered({ model: text })).model as object;
    expect(Object.hasOwn(read, "__proto__")).toBe(false);
    expect("polluted" in read).toBe(false);
  });
});
