// Verifying says what is missing: the model, its samples, or ONNX Runtime.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, DataError } from "../../../lib/errors.js";
import { encodeModel } from "../../../lib/onnx/model.js";
import { encodeSamples, samplesPath } from "../../../lib/onnx/samples.js";
import { verifyOnnx } from "../../../lib/onnx/verify.js";
import { tinyModel } from "./tiny_model.js";

// The optional peer is not there.
vi.mock("onnxruntime-node", () => {
  throw new Error("Cannot find package 'onnxruntime-node'");
});

const input = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
const output = { data: Float32Array.of(2, 4, 6, 5, 7, 9), shape: [2, 3] };

describe("verifyOnnx", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "netwright-verify-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("says what to do without the model or without its samples", async () => {
    const file = path.join(folder, "model.onnx");
    await expect(verifyOnnx(file)).rejects.toThrow(/model\.onnx cannot be read .*export the model first/);
    await writeFile(file, encodeModel(tinyModel()));
    await expect(verifyOnnx(file)).rejects.toThrow(
      /samples\.safetensors cannot be read .*writes its samples beside it/,
    );
  });

  it("refuses samples of another model before it runs anything", async () => {
    const file = path.join(folder, "model.onnx");
    await writeFile(file, encodeModel(tinyModel()));
    await writeFile(samplesPath(file), encodeSamples({ inputs: { pixels: input }, outputs: { output } }));
    await expect(verifyOnnx(file)).rejects.toThrow(DataError);
    await expect(verifyOnnx(file)).rejects.toThrow('no samples for its input "input"');
  });

  it("says how to install ONNX Runtime where it is not", async () => {
    const file = path.join(folder, "model.onnx");
    await writeFile(file, encodeModel(tinyModel()));
    await writeFile(samplesPath(file), encodeSamples({ inputs: { input }, outputs: { output } }));
    await expect(verifyOnnx(file)).rejects.toThrow(ArgumentError);
    await expect(verifyOnnx(file)).rejects.toThrow("npm install onnxruntime-node");
  });
});
