// What the optimizers' ops share: flat operands of one shape, and gradients clipped by their norm.
import { PlanError } from "../errors.js";
import { number, operands, requireEqual, shapeError } from "./check.js";
import type { Attributes, ValueType } from "./op.js";

/**
 * Types of the outputs of (params, grads, slots...): all but grads. With the attribute `clipNorm` the norm of the
 * gradients, a scalar, is one input more.
 */
export function inferUpdate(
  op: string,
  inputs: readonly ValueType[],
  attributes: Attributes,
  slots: readonly string[],
): ValueType[] {
  const flat = ["params", "grads", ...slots];
  const clips = clipNorm(op, attributes) !== undefined;
  const { norm, ...all } = operands(op, inputs, clips ? [...flat, "norm"] : flat);
  requireEqual(op, all, "use views of the same parameters");
  if (norm !== undefined && norm.shape.length !== 0)
    shapeError(op, "expects the norm as one number", { norm }, "take it from gradient_norm");
  return inputs.slice(0, flat.length).filter((_, i) => i !== 1);
}

/** Numbers of an update by what they are, the gradients clipped as PyTorch's clip_grad_norm_ does. */
export interface Update {
  readonly params: Float64Array;
  readonly grads: Float64Array;
  readonly slots: readonly Float64Array[];
}

export function updateOf(op: string, inputs: readonly Float64Array[], attributes: Attributes): Update {
  const limit = clipNorm(op, attributes);
  const [params, grads, ...rest] = inputs as [Float64Array, Float64Array, ...Float64Array[]];
  if (limit === undefined) return { params, grads, slots: rest };
  const [norm] = rest.at(-1) as Float64Array;
  const factor = Math.min(1, limit / (norm! + 1e-6));
  return { params, grads: grads.map((gradient) => factor * gradient), slots: rest.slice(0, -1) };
}

function clipNorm(op: string, attributes: Attributes): number | undefined {
  if (attributes.clipNorm === undefined) return undefined;
  const limit = number(op, attributes, "clipNorm");
  if (!(limit > 0)) throw new PlanError(`${op}: attribute "clipNorm" is ${limit}, expected above 0`);
  return limit;
}
