// A few rows and their expected outputs, stored beside an exported file so that any runtime can be checked against them.
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../checkpoint/safetensors.js";
import { ArgumentError, DataError, type Shape } from "../errors.js";

/** Tensors by the names of the model's inputs or outputs; rows are the leading dimension. */
export type Tensors = Readonly<Record<string, { readonly data: Float32Array; readonly shape: Shape }>>;

export interface Samples {
  readonly rows: number;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

/** Where the samples of an exported file lie: `model.onnx.samples.safetensors`. */
export function samplesPath(modelPath: string): string {
  return `${modelPath}.samples.safetensors`;
}

/** The bytes of a samples file: `input.<name>` and `output.<name>` for each tensor. */
export function encodeSamples(samples: Pick<Samples, "inputs" | "outputs">): Uint8Array {
  rowsOf([...Object.entries(samples.inputs), ...Object.entries(samples.outputs)], (why) => {
    throw new ArgumentError(`samples: ${why}`);
  });
  const named = (prefix: string, tensors: Tensors): NamedTensor[] =>
    Object.entries(tensors).map(([name, { data, shape }]) => ({ name: `${prefix}.${name}`, data, shape }));
  return encodeSafetensors([...named("input", samples.inputs), ...named("output", samples.outputs)], {
    format: "netwright samples",
  });
}

/** Reads a samples file; throws DataError when it is none. */
export function decodeSamples(bytes: Uint8Array, file = "the samples file"): Samples {
  const inputs: Record<string, Tensors[string]> = {};
  const outputs: Record<string, Tensors[string]> = {};
  const fail = (why: string): never => {
    throw new DataError(`${file}: ${why}; export the model again`);
  };
  for (const { name: key, data, shape } of decodeSafetensors(bytes, file).tensors) {
    const [, kind, name] = /^(input|output)\.(.+)$/s.exec(key) ?? [];
    if (name === undefined || name === "__proto__") return fail(`tensor "${key}" is neither input nor output`);
    (kind === "input" ? inputs : outputs)[name] = { data, shape };
  }
  if (Object.keys(inputs).length === 0 || Object.keys(outputs).length === 0)
    return fail("it needs an input and an output");
  const rows = rowsOf([...Object.entries(inputs), ...Object.entries(outputs)], fail);
  return { rows, inputs, outputs };
}

function rowsOf(
  tensors: readonly (readonly [string, { readonly shape: Shape }])[],
  fail: (why: string) => never,
): number {
  const [name, first] = tensors[0] ?? fail("there is no tensor");
  const rows = first.shape[0] ?? 0;
  if (rows < 1) return fail(`"${name}" has no row`);
  for (const [other, { shape }] of tensors)
    if (shape[0] !== rows) return fail(`"${name}" has ${rows} rows and "${other}" ${shape[0] ?? "none"}`);
  return rows;
}
