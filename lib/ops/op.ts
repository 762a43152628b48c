// What an op is: its shape rule, gradient rule, ONNX form and float64 definition, and the registry of all of them.
import { PlanError, type Shape } from "../errors.js";

/** Attributes are plain JSON and never contain the batch size. */
export type AttributeValue = number | boolean | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export type DType = "float32" | "int32";

/** What the planner and the reference know of a value besides its numbers. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Handle of a value in a graph. */
export type ValueId = number;

/** The part of the graph builder that gradient rules use. */
export interface GradientBuilder {
  /** Appends an op with one output and returns it. */
  op(name: string, inputs: readonly ValueId[], attributes?: Attributes): ValueId;
  /** Appends an op with several outputs. */
  opAll(name: string, inputs: readonly ValueId[], attributes?: Attributes): ValueId[];
  typeOf(value: ValueId): ValueType;
}

export interface GradientContext {
  /** Gradient of each output; null where nothing depends on that output. */
  readonly dy: readonly (ValueId | null)[];
  /** Inputs of the forward node. */
  readonly x: readonly ValueId[];
  /** Outputs of the forward node. */
  readonly y: readonly ValueId[];
  readonly attributes: Attributes;
}

/** Numbers that change from step to step; the native twin is StepState. */
export interface ReferenceContext {
  readonly seed: number;
  readonly step: number;
  readonly learningRate: number;
}

/** Types of one node with the batch size substituted for -1. */
export interface ReferenceShapes {
  readonly in: readonly Shape[];
  readonly out: readonly Shape[];
}

/** The part of the ONNX writer that ops use; see lib/onnx. */
export interface OnnxEmitter {
  /** Appends an ONNX node and returns the names of its outputs, which are those of the plan's values. */
  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, number | readonly number[] | string | { readonly float: number }>>,
  ): void;
  /** Name under which a value of the graph is known in the file. */
  name(value: ValueId): string;
  /** A fresh name for a value that exists only in the file, readable and unique. */
  fresh(hint: string): string;
  /** Adds a constant tensor and returns its name. */
  constant(hint: string, data: Float32Array | BigInt64Array, shape: Shape): string;
  /** States that the file needs at least this opset. */
  requireOpset(version: number): void;
  typeOf(value: ValueId): ValueType;
}

export interface OpDefinition {
  /** The same in both languages: `conv2d_grad_weight`. */
  readonly name: string;
  /** Types of the outputs; throws ShapeError naming both shapes. The batch is -1 and may be nowhere but in front. */
  infer(inputs: readonly ValueType[], attributes: Attributes): ValueType[];
  /** Gradients of the inputs, null for those that have none. Absent: not differentiable. */
  grad?(g: GradientBuilder, context: GradientContext): (ValueId | null)[];
  /** Writes the node of an inference graph. Absent: never part of one. */
  onnx?(
    e: OnnxEmitter,
    node: { readonly in: readonly ValueId[]; readonly out: readonly ValueId[]; readonly attributes: Attributes },
  ): void;
  /** The definition: slow, obvious, float64, NCHW. int32 values come as numbers too. */
  reference(
    inputs: readonly Float64Array[],
    shapes: ReferenceShapes,
    attributes: Attributes,
    context: ReferenceContext,
  ): Float64Array[];
}

const registry = new Map<string, OpDefinition>();

/** Registers an op; refuses a second one of the same name. */
export function defineOp(definition: OpDefinition): OpDefinition {
  if (registry.has(definition.name)) throw new PlanError(`op "${definition.name}" is defined twice`);
  registry.set(definition.name, definition);
  return definition;
}

/** The definition of an op; throws PlanError when there is none. */
export function opDefinition(name: string): OpDefinition {
  const definition = registry.get(name);
  if (definition === undefined) throw new PlanError(`there is no op "${name}"`);
  return definition;
}

/** Names of all ops, in the order of registration. */
export function opNames(): string[] {
  return [...registry.keys()];
}
