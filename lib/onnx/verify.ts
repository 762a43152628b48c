// Runs an exported file in ONNX Runtime on the samples stored beside it and compares.
import { readFile } from "node:fs/promises";
import { ArgumentError, DataError, shapeText } from "../errors.js";
import { decodeSamples, type Samples, samplesPath, type Tensors } from "./samples.js";
import { readOnnxInfo } from "./read_info.js";

export interface OutputDifference {
  readonly name: string;
  /** Largest absolute difference of an element. */
  readonly maxDifference: number;
  /** Largest magnitude of an expected element. */
  readonly largest: number;
  /** maxDifference / largest. */
  readonly relative: number;
}

export interface VerifyResult {
  readonly outputs: readonly OutputDifference[];
  /** Samples compared: all at once, and the first alone. */
  readonly rows: number;
  readonly threshold: number;
  /** Whether every output's relative difference is within the threshold. */
  readonly passed: boolean;
}

export interface VerifyOptions {
  /** Share of an output's largest magnitude that a difference may have; default 1e-4. */
  readonly threshold?: number;
  /** Default: `<path>.samples.safetensors`. */
  readonly samples?: string;
}

const DEFAULT_THRESHOLD = 1e-4;

/** The part of onnxruntime-node that is used; the package is an optional peer. */
interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<RuntimeSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => object;
}
interface RuntimeSession {
  run(
    feeds: Record<string, object>,
  ): Promise<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>;
  release(): Promise<void>;
}

/**
 * Compares an exported file with the outputs that netwright gave when it was exported.
 * @throws ArgumentError without onnxruntime-node, DataError when a file is missing or unreadable or the runtime refuses it.
 */
export async function verifyOnnx(path: string, options: VerifyOptions = {}): Promise<VerifyResult> {
  const samplesFile = options.samples ?? samplesPath(path);
  const model = await read(path, "export the model first");
  readOnnxInfo(model, path); // so that a foreign file is told before its samples are missed
  const samples = decodeSamples(
    await read(samplesFile, "export the model again, it writes its samples beside it"),
    samplesFile,
  );
  return verifyModel(model, samples, { ...options, file: path });
}

/** Compares the bytes of a model with samples in memory. */
export async function verifyModel(
  model: Uint8Array,
  samples: Samples,
  options: VerifyOptions & { readonly file?: string } = {},
): Promise<VerifyResult> {
  const { file = "the model", threshold = DEFAULT_THRESHOLD } = options;
  const info = readOnnxInfo(model, file);
  for (const { name } of info.inputs)
    if (!Object.hasOwn(samples.inputs, name))
      throw new DataError(`${file}: there are no samples for its input "${name}"; export the model again`);
  const runtime = await loadRuntime();
  const session = await started(runtime, model, file);
  try {
    const inputs = Object.fromEntries(info.inputs.map(({ name }) => [name, samples.inputs[name] as Tensors[string]]));
    const together = compare(await run(runtime, session, inputs, file), samples.outputs, file);
    // A second batch size: a file that holds the first one fails here.
    const alone = compare(await run(runtime, session, firstRow(inputs), file), firstRow(samples.outputs), file);
    const outputs = together.map((difference, i) => worse(difference, (alone[i] as OutputDifference).maxDifference));
    return { outputs, rows: samples.rows, threshold, passed: outputs.every(({ relative }) => relative <= threshold) };
  } finally {
    await session.release();
  }
}

async function read(path: string, remedy: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError(`${path} cannot be read (${(error as Error).message}); ${remedy}`, { cause: error });
  }
}

async function loadRuntime(): Promise<Runtime> {
  try {
    return (await import("onnxruntime-node")) as unknown as Runtime;
  } catch (error) {
    throw new ArgumentError(
      "verifying needs ONNX Runtime: npm install onnxruntime-node (without network beyond the registry: npm install --onnxruntime-node-install=skip onnxruntime-node)",
      { cause: error },
    );
  }
}

async function started(runtime: Runtime, model: Uint8Array, file: string): Promise<RuntimeSession> {
  try {
    return await runtime.InferenceSession.create(model, { executionProviders: ["cpu"], logSeverityLevel: 3 });
  } catch (error) {
    throw new DataError(`${file}: ONNX Runtime refuses it: ${(error as Error).message}`, { cause: error });
  }
}

async function run(runtime: Runtime, session: RuntimeSession, inputs: Tensors, file: string): Promise<Tensors> {
  const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [
    name,
    new runtime.Tensor("float32", data, shape),
  ]);
  try {
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, shape: dims }]),
    );
  } catch (error) {
    throw new DataError(`${file}: ONNX Runtime cannot run it: ${(error as Error).message}`, { cause: error });
  }
}

function firstRow(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => {
      const rows = shape[0] as number;
      return [name, { data: data.subarray(0, data.length / rows), shape: [1, ...shape.slice(1)] }];
    }),
  );
}

function compare(actual: Tensors, expected: Tensors, file: string): OutputDifference[] {
  return Object.entries(expected).map(([name, { data, shape }]) => {
    const found = actual[name];
    if (found === undefined)
      throw new DataError(`${file}: it has no output "${name}"; its samples belong to another model`);
    if (shapeText(found.shape) !== shapeText(shape))
      throw new DataError(
        `${file}: output "${name}" has shape ${shapeText(found.shape)}, its samples have ${shapeText(shape)}`,
      );
    let maxDifference = 0;
    let largest = 0;
    data.forEach((value, i) => {
      const other = found.data[i] as number;
      const difference = Object.is(value, other) ? 0 : Math.abs(value - other);
      maxDifference = Math.max(maxDifference, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    });
    return { name, maxDifference, largest, relative: ratio(maxDifference, largest) };
  });
}

function worse(difference: OutputDifference, other: number): OutputDifference {
  const maxDifference = Math.max(difference.maxDifference, other);
  return { ...difference, maxDifference, relative: ratio(maxDifference, difference.largest) };
}

function ratio(difference: number, largest: number): number {
  return difference === 0 ? 0 : difference / largest;
}
