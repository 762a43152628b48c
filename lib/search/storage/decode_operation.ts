// Reads one record of a journal, and tells where it stands when it is none.
import { DataError } from "../../errors.js";
import type { Operation } from "./backend.js";
import { decodeJson } from "./json.js";

/** `index` is how many records stand before it: when there are none, the whole journal is foreign. Throws DataError. */
export function decodeOperation(text: string, where: string, index: number): Operation {
  let value: unknown;
  try {
    value = decodeJson(text);
  } catch (error) {
    throw notRecord(text, where, index, error);
  }
  const { op_code, worker_id } = (value ?? {}) as Partial<Operation>;
  if (!Number.isInteger(op_code) || typeof worker_id !== "string") throw notRecord(text, where, index);
  return value as Operation;
}

function notRecord(text: string, where: string, index: number, cause?: unknown): DataError {
  const found = JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
  const remedy =
    index === 0
      ? "this is no study's journal; it was left as it is, give another one"
      : "keep a copy, take that record out and open the study again; it was left as it is";
  return new DataError(`${where}: expected a record such as {"op_code":0,...}, found ${found}; ${remedy}`, { cause });
}
