// What an op case is: shapes, attributes and how to draw the numbers; the conformance tests run every case.
import type { Shape } from "../../lib/errors.js";
import type { Attributes, DType } from "../../lib/ops/op.js";

/** How the numbers of an input are drawn; kinks and poles are avoided here. */
export type Draw =
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  /** Distances from zero of at least 0.1, both signs: no kink of relu, no pole of a quotient. */
  | { readonly kind: "away_from_zero" }
  /** Multiples of 1/16 in random order, each once: no ties for a maximum. */
  | { readonly kind: "distinct" }
  /** Whole numbers from 0 below the bound, many of them equal: ties everywhere. */
  | { readonly kind: "whole"; readonly below: number }
  /** Rows of positive numbers that sum to 1. */
  | { readonly kind: "probabilities" }
  | { readonly kind: "values"; readonly values: readonly number[] }
  /** An output of another op, on inputs of this case that come before, with the case's attributes. */
  | { readonly kind: "output_of"; readonly op: string; readonly inputs: readonly number[]; readonly output: number };

export interface CaseInput {
  /** -1 in front: the batch. */
  readonly shape: Shape;
  readonly draw: Draw;
  readonly dtype: DType;
}

export interface OpCase {
  /** What is special about it; unique for the op. */
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  readonly attributes?: Attributes;
  /** Default 3. */
  readonly batch?: number;
  /** Length of the longest sum behind one output element; sets the tolerance. Default 1. */
  readonly reduction?: number;
  /** Takes the place of the tolerance that follows from the reduction. */
  readonly tolerance?: { readonly relative: number; readonly reason: string };
  /** Why the case is not compared with central differences. */
  readonly notDifferenced?: string;
  /** Optimizer steps before this one. Default 0. */
  readonly step?: number;
}

export type OpCases = Readonly<Record<string, readonly OpCase[]>>;

export const LARGE = "large, so that native work is split over threads";
export const AFTER_DIFFERENTIATION = "made by passes that run after differentiation";
export const ROUNDED = "rounding is a staircase: its differences are not its gradient";
export const EXTREMES = "at the ends of float32 there is nothing to difference";

/** The same case with operands rounded to bfloat16. */
export const inBf16 = (opCase: OpCase): OpCase => ({
  ...opCase,
  name: `${opCase.name}, bf16`,
  attributes: { ...opCase.attributes, precision: "bf16" },
  notDifferenced: ROUNDED,
});

/** Lengths around the vector widths 4, 8 and 16. */
export const LENGTHS = [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33] as const;

export const normal = (shape: Shape, mean = 0, deviation = 1): CaseInput =>
  input(shape, { kind: "normal", mean, deviation });
export const uniform = (shape: Shape, low: number, high: number): CaseInput =>
  input(shape, { kind: "uniform", low, high });
export const awayFromZero = (shape: Shape): CaseInput => input(shape, { kind: "away_from_zero" });
export const distinct = (shape: Shape): CaseInput => input(shape, { kind: "distinct" });
export const whole = (shape: Shape, below: number): CaseInput => input(shape, { kind: "whole", below });
export const probabilities = (shape: Shape): CaseInput => input(shape, { kind: "probabilities" });
export const values = (shape: Shape, ...numbers: number[]): CaseInput =>
  input(shape, { kind: "values", values: numbers });
export const classes = (shape: Shape, below: number): CaseInput => ({
  shape,
  draw: { kind: "whole", below },
  dtype: "int32",
});
export const outputOf = (shape: Shape, op: string, inputs: readonly number[], output = 0): CaseInput =>
  input(shape, { kind: "output_of", op, inputs, output });

/** The same update with clipping: the norm of its normal gradients is scaled to half, or left as it is. */
export function clipped(update: OpCase, reached = true): OpCase {
  const norm = Math.fround(Math.sqrt(update.inputs[0]?.shape[0] ?? 0));
  return {
    ...update,
    inputs: [...update.inputs, values([], norm)],
    attributes: { ...update.attributes, clipNorm: reached ? norm / 2 : norm + 1 },
  };
}

function input(shape: Shape, draw: Draw): CaseInput {
  return { shape, draw, dtype: "float32" };
}
