// A trained model as one file: its definition, settings and weights, in safetensors.
import { DataError, NetwrightError } from "../errors.js";
import { type Model, readModel } from "../layers/model.js";
import { findDuplicateKey } from "./duplicate_keys.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "./safetensors.js";

/** What a model file says besides the network itself. */
export interface ModelSettings {
  /** Names of the classes, in the order of the scores. */
  readonly classes?: readonly string[];
  readonly featureNames?: readonly string[];
  readonly targetNames?: readonly string[];
  /** Whether training scales the targets. */
  readonly standardizeTargets: boolean;
  /** Whether the scaling of inputs and targets is fitted; its numbers are among the weights. */
  readonly scaled: boolean;
}

export interface ModelFile {
  readonly model: Model;
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
  const model = checkedModel(parseObject(metadata.get("model"), "model", file), file);
  const settings = readSettings(parseObject(metadata.get("settings"), "settings", file), file);
  for (const { name, data } of tensors) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new DataError(
        `${file}: element ${bad} of "${name}" is ${data[bad]}; the file is damaged, copy or save it again`,
      );
  }
  return { model, weights: tensors, settings };
}

function checkedModel(json: unknown, file: string): Model {
  try {
    return readModel(json);
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    throw new DataError(
      `${file}: ${error.message}; the file was altered, or wants layers registered with defineLayer() before it is loaded`,
      { cause: error },
    );
  }
}

function parseObject(json: string | undefined, what: string, file: string): Record<string, unknown> {
  const fail = (why: string): never => {
    throw new DataError(`${file}: "${what}" in its header ${why}; the file was altered, save the model again`);
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

const NAME_LISTS = ["classes", "featureNames", "targetNames"] as const;
const SWITCHES = ["standardizeTargets", "scaled"] as const;

/** The settings that this version knows, each of its type; others are left out. */
function readSettings(settings: Record<string, unknown>, file: string): ModelSettings {
  const found: Record<string, unknown> = {};
  for (const field of NAME_LISTS) {
    const value = settings[field];
    if (value === undefined) continue;
    if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
      throw new DataError(`${file}: its ${field} are not a list of names; the file was altered, save the model again`);
    found[field] = value;
  }
  for (const field of SWITCHES) {
    if (typeof settings[field] !== "boolean")
      throw new DataError(
        `${file}: its ${field} is neither true nor false; the file was altered, save the model again`,
      );
    found[field] = settings[field];
  }
  return found as unknown as ModelSettings;
}
