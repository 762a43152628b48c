// bfloat16, the upper half of a float32: how operands of a product are rounded, and the attribute that asks for it.
import { PlanError } from "../errors.js";
import type { Attributes, AttributeValue } from "./op.js";

/** What products compute with. `bf16`: both operands rounded to bfloat16, sums, bias and result in float32. */
export type Precision = "float32" | "bf16";
export const PRECISIONS: readonly Precision[] = ["float32", "bf16"];

/** The attribute `precision` of a product; absent means float32, so that plans without it are as they always were. */
export function precision(op: string, attributes: Attributes): Precision {
  const value = attributes.precision ?? "float32";
  if (!PRECISIONS.includes(value as Precision))
    throw new PlanError(
      `${op}: attribute "precision" is ${JSON.stringify(value)}, expected ${PRECISIONS.map((name) => `"${name}"`).join(" or ")}`,
    );
  return value as Precision;
}

/** The attribute alone, to be handed on to the products of a gradient. */
export function precisionOf(attributes: Attributes): Readonly<Record<string, AttributeValue>> {
  return attributes.precision === undefined ? {} : { precision: attributes.precision };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest bfloat16 of the float32 of a number, ties to even; too large becomes infinite, NaN stays NaN. */
export function toBfloat16(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return value;
  const word = bits[0]!;
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  return float[0]!;
}

/** An operand as a product reads it. */
export function operand(op: string, attributes: Attributes, values: Float64Array): Float64Array {
  return precision(op, attributes) === "bf16" ? values.map(toBfloat16) : values;
}
