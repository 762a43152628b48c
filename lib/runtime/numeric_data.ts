// Numbers as users have them - typed arrays, flat or nested lists - turned into one flat array with a shape.
import { ArgumentError, DataError, type Shape, shapeText } from "../errors.js";

export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

export type NestedNumbers = readonly number[] | readonly NumericArray[] | readonly NestedNumbers[];

/** Rows of numbers: a typed array (flat, row after row), a list, lists in lists, or a list of typed arrays. */
export type NumericData = NumericArray | NestedNumbers;

export interface FlatNumbers {
  readonly data: Float32Array;
  /** Known for nested lists only; a flat array is `[length]`. */
  readonly shape: Shape;
  readonly nested: boolean;
}

export function isNumericArray(value: unknown): value is NumericArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array || value instanceof BigUint64Array)
  );
}

const DEEPEST = 8;

/**
 * A fresh Float32Array with the numbers of `value`.
 * Throws ArgumentError when it is not numbers, DataError when nested lists are ragged; `what` names it in messages.
 */
export function flattenNumbers(value: unknown, what: string): FlatNumbers {
  if (isNumericArray(value)) return { data: new Float32Array(value), shape: [value.length], nested: false };
  if (!Array.isArray(value))
    throw new ArgumentError(`${what}: expected a typed array or an array of numbers, found ${describe(value)}`);
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level) || isNumericArray(level); level = level[0]) {
    shape.push(level.length);
    // A list that holds itself would go on for ever.
    if (shape.length > DEEPEST) throw new ArgumentError(`${what}: lists nested more than ${DEEPEST} deep`);
  }
  const data = new Float32Array(shape.reduce((product, dimension) => product * dimension, 1));
  let next = 0;
  const position: number[] = [];
  const path = (depth: number) =>
    position
      .slice(0, depth)
      .map((index) => `[${index}]`)
      .join("");
  const fill = (level: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof level !== "number")
        throw new ArgumentError(`${what}${path(depth)}: expected a number, found ${describe(level)}`);
      data[next++] = level;
      return;
    }
    const entries = Array.isArray(level) || isNumericArray(level) ? level : undefined;
    if (entries === undefined || entries.length !== shape[depth])
      throw new DataError(
        `${what}${path(depth)}: expected ${shape[depth]} entries as in the first row (shape ${shapeText(shape)}), found ${entries?.length ?? describe(level)}`,
      );
    for (let i = 0; i < entries.length; i++) {
      position[depth] = i;
      fill(entries[i], depth + 1);
    }
  };
  fill(value, 0);
  return { data, shape, nested: shape.length > 1 };
}

/** A short phrase for what was found instead: `a string`, `null`, `an object`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  return Array.isArray(value)
    ? "an array"
    : typeof value === "object"
      ? "an object"
      : `a ${typeof value} (${String(value)})`;
}
