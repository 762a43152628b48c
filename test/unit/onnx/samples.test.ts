// Samples beside an exported file: round trip and refusals.
import { describe, expect, it } from "vitest";
import { encodeSafetensors } from "../../../lib/checkpoint/safetensors.js";
import { ArgumentError } from "../../../lib/errors.js";
import { decodeSamples, encodeSamples } from "../../../lib/onnx/samples.js";

const input = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
const output = { data: Float32Array.of(2, 4, 6, 5, 7, 9), shape: [2, 3] };

describe("samples", () => {
  it("are read as they were written", () => {
    const samples = decodeSamples(encodeSamples({ inputs: { input }, outputs: { output } }));
    expect(samples).toEqual({ rows: 2, inputs: { input }, outputs: { output } });
    // What was read can be written under another name.
    const renamed = decodeSamples(encodeSamples({ inputs: { input }, outputs: { other: samples.outputs.output! } }));
    expect(renamed.outputs).toEqual({ other: output });
  });

  it("may have an input and an output of one name", () => {
    const samples = decodeSamples(encodeSamples({ inputs: { x: input }, outputs: { x: output } }));
    expect([...samples.inputs.x!.data, ...samples.outputs.x!.data]).toEqual([...input.data, ...output.data]);
  });

  it("need as many rows everywhere, and at least one", () => {
    const one = { data: output.data.subarray(0, 3), shape: [1, 3] };
    expect(() => encodeSamples({ inputs: { input }, outputs: { output: one } })).toThrow(ArgumentError);
    const none = { data: new Float32Array(), shape: [0, 3] };
    expect(() => encodeSamples({ inputs: { input: none }, outputs: { output: none } })).toThrow('"input" has no row');
  });

  it("refuse a file of other tensors", () => {
    expect(() => decodeSamples(encodeSafetensors([{ name: "weight", ...input }]), "s")).toThrow(
      /s: tensor "weight" is neither/,
    );
    expect(() => decodeSamples(encodeSafetensors([{ name: "input.x", ...input }]), "s")).toThrow(
      "it needs an input and an output",
    );
  });
});
