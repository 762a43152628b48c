// JSON as Python's json module writes and reads it: NaN, Infinity and -Infinity are bare words.
import { ArgumentError } from "../../errors.js";
import { valueText } from "../../options.js";
import type { Json } from "../record.js";

/** One line. Throws ArgumentError for what is no plain data: functions, big integers, objects of a class, cycles. */
export function encodeJson(value: unknown): string {
  return encode(value, []);
}

/** Reads JSON with bare words; throws SyntaxError for what is none. */
export function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
  }
  // Strings are matched first, so that the words stay what they are within them.
  let mark = "NaN";
  while (text.includes(`"${mark}"`)) mark += "?";
  const plain = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (found) => {
    if (found.startsWith('"')) return found;
    return found === "NaN" ? `"${mark}"` : found.replace("Infinity", "1e999");
  });
  return JSON.parse(plain, (_, part) => (part === mark ? Number.NaN : part));
}

/** A copy that no one else holds. Throws ArgumentError for what a journal cannot hold. */
export function copyJson(value: Json): Json {
  return decodeJson(encodeJson(value)) as Json;
}

function encode(value: unknown, around: readonly object[]): string {
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (typeof value === "string" || typeof value === "boolean" || value === null) return JSON.stringify(value);
  if (typeof value !== "object") throw new ArgumentError(`a journal cannot hold ${valueText(value)}; give plain data`);
  if (around.includes(value)) throw new ArgumentError("a journal cannot hold data that contain themselves");
  const inside = [...around, value];
  if (Array.isArray(value)) return `[${value.map((part) => encode(part, inside)).join(",")}]`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new ArgumentError(
      `a journal cannot hold an object of ${value.constructor?.name ?? "a class"}; give plain data`,
    );
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${encode(part, inside)}`).join(",")}}`;
}
