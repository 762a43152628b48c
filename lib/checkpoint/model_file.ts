// A trained model as one file: its definition, settings and weights, in safetensors.
import { DataError } from "../errors.js";
import { findDuplicateKey } from "./duplicate_keys.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "./safetensors.js";

/** What a model file says besides the network itself. Plain JSON; fields that this version does not know are kept. */
export interface ModelSettings {
  /** Names of the classes, in the order of the scores. */
  readonly classes?: readonly string[];
  readonly featureNames?: readonly string[];
  readonly targetNames?: readonly string[];
  /** Whether the trainer scaled the targets; the scale itself is part of the model or of its states. */
  readonly standardizeTargets?: boolean;
  readonly [field: string]: unknown;
}

export interface ModelFile {
  /** The model's definition: the JSON of lib/layers/model.ts, checked there. */
  readonly model: unknown;
  /** Parameters and states by name, in the user's order of dimensions. */
  readonly weights: readonly NamedTensor[];
  readonly settings: ModelSettings;
}

const FORMAT = "netwright";
/** Raised when a reader of today could no longer understand what is written. */
const VERSION = 1;

/** The bytes of a model file. The same content gives the same bytes. */
export function encodeModelFile(content: ModelFile): Uint8Array {
  return encodeSafetensors(content.weights, {
    format: FORMAT,
    version: String(VERSION),
    model: JSON.stringify(content.model),
    settings: JSON.stringify(content.settings),
  });
}

/**
 * Reads a model file. Whether names and shapes of the weights are those of the model is left to the caller, who lowers it.
 * @param file What messages call it: its path.
 * @throws DataError for a file that is truncated, foreign or altered.
 */
export function decodeModelFile(bytes: Uint8Array, file = "the file"): ModelFile {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  if (metadata.get("format") !== FORMAT)
    throw new DataError(`${file} holds weights without a netwright model; load a file that trainer.save() wrote`);
  const version = Number(metadata.get("version"));
  if (version !== VERSION)
    throw new DataError(
      `${file} has version ${metadata.get("version")} of the model format, and this netwright reads ${VERSION}; update netwright or save the model again`,
    );
  const model = parseObject(metadata.get("model"), "model", file);
  const settings = parseObject(metadata.get("settings"), "settings", file);
  checkSettings(settings, file);
  for (const { name, data } of tensors) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new DataError(
        `${file}: element ${bad} of "${name}" is ${data[bad]}; the file is damaged, copy or save it again`,
      );
  }
  return { model, weights: tensors, settings };
}

function parseObject(json: string | undefined, what: string, file: string): Record<string, unknown> {
  const fail = (why: string): never => {
    throw new DataError(`${file}: its ${what} ${why}; the file was altered, save the model again`);
  };
  if (json === undefined) return fail("is missing");
  let value: unknown;
  try {
    // A key of this name would become the prototype of whatever the object is later copied into by assignment.
    value = JSON.parse(json, (key, inner: unknown) => (key === "__proto__" ? undefined : inner));
  } catch {
    return fail("is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("is not a JSON object");
  const twice = findDuplicateKey(json);
  if (twice !== undefined) return fail(`has "${twice}" twice`);
  return value as Record<string, unknown>;
}

function checkSettings(settings: Record<string, unknown>, file: string): void {
  for (const field of ["classes", "featureNames", "targetNames"]) {
    const value = settings[field];
    if (value !== undefined && !(Array.isArray(value) && value.every((item) => typeof item === "string")))
      throw new DataError(`${file}: its ${field} are not a list of names; the file was altered, save the model again`);
  }
  const { standardizeTargets } = settings;
  if (standardizeTargets !== undefined && typeof standardizeTargets !== "boolean")
    throw new DataError(
      `${file}: standardizeTargets is neither true nor false; the file was altered, save the model again`,
    );
}
