// The plan: values and nodes with all shapes known, as it crosses into the native core.
import type { Shape } from "../errors.js";
import type { Attributes, DType, ValueId } from "../ops/op.js";

/**
 * Where a value lives.
 * - `input`: filled from a data set's field of the same name before each step
 * - `param`, `state`, `grad`, `slot`: at `offset` in the arena of that role; grad and slots mirror the parameters' layout
 * - `temp`: memory is shared with others once it is dead
 * - `output`: like temp, but kept to the end of the step and read by name (predict)
 * - `metric`: a scalar that the session adds up, weighted by rows
 */
export type Role = "input" | "param" | "state" | "grad" | "slot" | "temp" | "output" | "metric";

/** How elements lie in native memory; shapes stay NCHW and OIHW everywhere. Set by the layout pass. */
export type Storage = "plain" | "nhwc" | "hwio";

/** How a parameter or state starts. Random numbers are keyed by the parameter's name and counted in the user's order. */
export type Initializer =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number };

export interface PlanValue {
  /** Unique within the plan. */
  name: string;
  /** -1 in front: the batch. */
  shape: Shape;
  dtype: DType;
  role: Role;
  storage: Storage;
  /** Elements from the start of the role's arena; for param, state, grad and slot. Multiples of 16. */
  offset?: number;
  /** Which of the optimizer's slots, from 0; for slot. */
  slot?: number;
  /** For param and state. */
  init?: Initializer;
  /** A view of a range of an arena (all parameters of a weight-decay group, say), which other values share. */
  flat?: boolean;
}

/**
 * - `compute`: forward, loss and backward; ends with `all_finite` in a training plan, and `gradient_norm` where gradients are clipped
 * - `update`: optimizer and running statistics; runs only when everything was finite; writes param, state and slot values in place
 */
export type Phase = "compute" | "update";

export interface PlanNode {
  op: string;
  /** The layer that the user wrote, for messages and profiles. */
  label: string;
  in: ValueId[];
  /** In phase `update` an output is one of the inputs: it is changed in place. */
  out: ValueId[];
  attributes: Attributes;
  phase: Phase;
}

/** Elements in each arena; the same in every plan of a model. */
export interface ArenaSizes {
  param: number;
  state: number;
  /** Number of optimizer slots, each as large as the parameters. */
  slots: number;
}

export interface Plan {
  values: PlanValue[];
  nodes: PlanNode[];
  arenas: ArenaSizes;
}

export type Mode = "train" | "evaluate" | "predict";
export type Plans = { [mode in Mode]?: Plan };
