// What an exported file tells about itself: one JSON key of our own, and the keys that other runtimes read.
import type { OnnxShape } from "./model.js";

/** What users of the exported file want to know besides its tensors; plain JSON. */
export interface OnnxInfo {
  /** Names of the classes, in the order of the scores. */
  readonly classes?: readonly string[];
  readonly featureNames?: readonly string[];
  readonly targetNames?: readonly string[];
  /** How it was trained: loss, optimizer, epochs, figures. */
  readonly training?: Readonly<Record<string, unknown>>;
}

/** Key of the JSON with everything in OnnxInfo. */
export const INFO_KEY = "netwright";

/** metadata_props of a model: our key, and `names`, `task` and `imgsz` as Ultralytics' files have them. */
export function metadataOf(info: OnnxInfo, inputShape: OnnxShape): Record<string, string> {
  const metadata: Record<string, string> = {};
  if (Object.keys(info).length > 0) metadata[INFO_KEY] = JSON.stringify(info);
  if (info.classes !== undefined) {
    metadata.names = `{${info.classes.map((name, i) => `${i}: ${pythonText(name)}`).join(", ")}}`;
    metadata.task = "classify";
    const [, channels, height, width] = inputShape;
    if (channels !== undefined && height !== undefined && width !== undefined) metadata.imgsz = `[${height}, ${width}]`;
  }
  return metadata;
}

/** The info of a file's metadata; undefined when there is none or it is not ours. */
export function infoOf(metadata: Readonly<Record<string, string>>): OnnxInfo {
  const own = parseRecord(metadata[INFO_KEY]);
  const classes = texts(own?.classes) ?? namesOf(metadata.names);
  const featureNames = texts(own?.featureNames);
  const targetNames = texts(own?.targetNames);
  const training = own?.training;
  return {
    ...(classes && { classes }),
    ...(featureNames && { featureNames }),
    ...(targetNames && { targetNames }),
    ...(isRecord(training) && { training }),
  };
}

/** A Python string literal: readers take `names` as a Python dictionary. */
function pythonText(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `'${escaped}'`;
}

/** Class names from the Python dictionary of another exporter; undefined when it reads differently. */
function namesOf(literal: string | undefined): string[] | undefined {
  if (literal === undefined || !/^\s*\{.*\}\s*$/s.test(literal)) return undefined;
  const names: string[] = [];
  for (const match of literal.matchAll(/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/gs)) {
    if (Number(match[1]) !== names.length) return undefined;
    names.push((match[2] ?? match[3] ?? "").replace(/\\(.)/gs, (_, c: string) => ({ n: "\n", r: "\r" })[c] ?? c));
  }
  return names.length > 0 ? names : undefined;
}

function parseRecord(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}
