// verifyOnnx as a user meets it: files on disk, right and wrong ones, every opset.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../lib/errors.js";
import {
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  maxPool2d,
  parallel,
  relu,
  softmax,
  standardize,
} from "../../lib/layers/index.js";
import { HIGHEST_OPSET, LOWEST_OPSET } from "../../lib/onnx/check.js";
import { encodeSamples, samplesPath, type Samples } from "../../lib/onnx/samples.js";
import { verifyOnnx } from "../../lib/onnx/verify.js";
import { ALONE, exported, expectAgreement, forwardGraph, modelOf, ROWS, STACKED } from "./support.js";

const graph = forwardGraph(
  modelOf(
    [2, 8, 8],
    [
      standardize(),
      parallel([
        [conv2d(3, { kernel: 3, padding: "same" }), batchNorm()],
        [averagePool2d(3, { stride: 1, padding: 1 })],
      ]),
      relu(),
      maxPool2d(2),
      parallel([[flatten()], [globalAveragePool2d()]]),
      dense(4),
      softmax(),
    ],
  ),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "netwright-verify-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, bytes: Uint8Array, samples: Pick<Samples, "inputs" | "outputs">): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  await writeFile(samplesPath(file), encodeSamples(samples));
  return file;
}

describe("verifyOnnx", () => {
  it("passes a file that says what the model says", async () => {
    const { bytes, samples } = exported(graph);
    const result = await verifyOnnx(await written("right.onnx", bytes, samples));
    expect(result).toMatchObject({
      rows: ROWS,
      threshold: STACKED,
      passed: true,
      outputs: [{ name: "probabilities" }],
    });
    const [{ maxDifference, largest, relative }] = result.outputs as [(typeof result.outputs)[0]];
    expect(largest).toBeGreaterThan(0.25);
    expect(relative).toBeCloseTo(maxDifference / largest, 12);
    expect(relative).toBeLessThan(ALONE);
  });

  it("finds one wrong number, in the first row or in the last", async () => {
    const { bytes, samples } = exported(graph);
    for (const at of [0, ROWS * 4 - 1]) {
      const data = Float32Array.from(samples.outputs.probabilities!.data);
      data[at]! += 0.001;
      const outputs = { probabilities: { data, shape: [ROWS, 4] } };
      const file = await written("wrong.onnx", bytes, { ...samples, outputs });
      const result = await verifyOnnx(file);
      expect(result.passed).toBe(false);
      expect(result.outputs[0]!.maxDifference).toBeCloseTo(0.001, 5);
      expect((await verifyOnnx(file, { threshold: 0.01 })).passed).toBe(true);
    }
  });

  it("finds a number that is none", async () => {
    const { bytes, samples } = exported(graph);
    const data = Float32Array.from(samples.outputs.probabilities!.data);
    data[3] = Number.NaN;
    const file = await written("nan.onnx", bytes, {
      ...samples,
      outputs: { probabilities: { data, shape: [ROWS, 4] } },
    });
    expect(await verifyOnnx(file)).toMatchObject({
      passed: false,
      outputs: [{ maxDifference: Number.POSITIVE_INFINITY }],
    });
  });

  it("refuses samples of another output or shape", async () => {
    const { bytes, samples } = exported(graph);
    const { probabilities } = samples.outputs as { probabilities: { data: Float32Array; shape: number[] } };
    const renamed = await written("renamed.onnx", bytes, { ...samples, outputs: { output: probabilities } });
    await expect(verifyOnnx(renamed)).rejects.toThrow('it has no output "output"');
    const narrow = { data: probabilities.data.subarray(0, ROWS * 2), shape: [ROWS, 2] };
    const reshaped = await written("reshaped.onnx", bytes, { ...samples, outputs: { probabilities: narrow } });
    await expect(verifyOnnx(reshaped)).rejects.toThrow("has shape [5, 4], its samples have [5, 2]");
  });

  it("says that the runtime refuses a damaged model", async () => {
    const { bytes, samples } = exported(graph);
    // "Conv" becomes an operator that does not exist.
    const damaged = Buffer.from(bytes);
    damaged.write("Cxnv", damaged.indexOf("\x04Conv") + 1, "latin1");
    const file = await written("damaged.onnx", damaged, samples);
    await expect(verifyOnnx(file)).rejects.toThrow(DataError);
    await expect(verifyOnnx(file)).rejects.toThrow(/damaged\.onnx: ONNX Runtime refuses it: .*Cxnv/s);
  });
});

describe("the file in ONNX Runtime", () => {
  it("takes any number of rows by the names of the graph", async () => {
    const session = await InferenceSession.create(exported(graph).bytes);
    expect(session.inputNames).toEqual(["input"]);
    expect(session.outputNames).toEqual(["probabilities"]);
    expect(session.inputMetadata[0]).toMatchObject({ name: "input", type: "float32", shape: ["batch", 2, 8, 8] });
    expect(session.outputMetadata[0]).toMatchObject({ name: "probabilities", type: "float32", shape: ["batch", 4] });
    await session.release();
  });

  const opsets = Array.from({ length: HIGHEST_OPSET - LOWEST_OPSET + 1 }, (_, i) => LOWEST_OPSET + i);
  it.each(opsets)("agrees at opset %i", (opset) => expectAgreement(graph, STACKED, { opset }));
});
