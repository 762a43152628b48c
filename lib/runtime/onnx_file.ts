// Writes a trainer's model as ONNX, with samples beside it that any runtime can be held against.
import { writeFile } from "node:fs/promises";
import { ArgumentError } from "../errors.js";
import { exportOnnx } from "../onnx/export.js";
import { encodeSamples, samplesPath, type Tensors } from "../onnx/samples.js";
import { fnv1a, randomWords, uniform } from "../ops/rng.js";
import { Dataset } from "./dataset.js";
import type { Engine } from "./engine.js";
import { knownOptions } from "./fit_options.js";
import { nativeInfo } from "./native.js";

export interface OnnxFileOptions {
  /** Name of the graph, shown by viewers. Default `netwright`. */
  readonly name?: string;
  /** Default: the lowest that the model's ops allow, 17 or more. */
  readonly opset?: number;
  /** Further metadata_props, such as `model_author`. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly docString?: string;
  /** Rows whose outputs are stored beside the file. Default: the first eight rows of the training data, else random ones. */
  readonly samples?: Dataset;
}

/** Names and training facts that go into the file's metadata. */
export interface OnnxFacts {
  readonly classes?: readonly string[];
  readonly featureNames?: readonly string[];
  readonly targetNames?: readonly string[];
  readonly training?: Readonly<Record<string, unknown>>;
}

/** Writes `file` and `file.samples.safetensors`. */
export async function writeOnnxFile(
  file: string,
  engine: Engine,
  facts: OnnxFacts,
  trained: Dataset | undefined,
  options: OnnxFileOptions,
): Promise<void> {
  knownOptions("exportOnnx", options, ["name", "opset", "metadata", "docString", "samples"]);
  if (options.samples !== undefined && !(options.samples instanceof Dataset))
    throw new ArgumentError("exportOnnx: samples must be a Dataset; make one with Dataset.from({ input })");
  const { samples: given, ...rest } = options;
  if (given !== undefined) engine.checkInput("exportOnnx samples", given);
  const session = engine.session();
  const bytes = exportOnnx(engine.compiled.forward, (name) => session.read(name), {
    ...rest,
    producerVersion: nativeInfo().version,
    info: facts,
  });
  const rows = given ?? trained ?? randomRows(engine);
  const outputs: Tensors = await session.predict({ dataset: rows.native(), batchSize: rows.rows }, false);
  const inputs: Tensors = { input: { data: rows.input, shape: [rows.rows, ...rows.inputShape] } };
  await writeFile(file, bytes);
  await writeFile(samplesPath(file), encodeSamples({ inputs, outputs }));
}

/** Rows to compare with when nothing was trained on: uniform in [-1, 1), always the same. */
function randomRows(engine: Engine): Dataset {
  const rows = 8;
  const width = engine.inputShape.reduce((product, dimension) => product * dimension, 1);
  const words = randomWords(0, fnv1a("samples"), 0, rows * width);
  return Dataset.from({
    input: Float32Array.from(words, (word) => 2 * uniform(word) - 1),
    inputShape: engine.inputShape,
  });
}
