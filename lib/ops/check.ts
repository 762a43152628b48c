// Checks that ops share: typed attributes, and shape errors that name what was expected and what was found.
import { BATCH, PlanError, type Shape, ShapeError, shapeText } from "../errors.js";
import type { Attributes, ValueType } from "./op.js";

/** Operands by the name under which messages show them. */
export type Operands = Readonly<Record<string, ValueType>>;

/** Throws `<op>: <problem> (<operand> <shape>, ...); <remedy>`. */
export function shapeError(op: string, problem: string, operands: Operands, remedy: string): never {
  const shapes = Object.entries(operands).map(([name, { shape }]) => `${name} ${shapeText(shape)}`);
  throw new ShapeError(`${op}: ${problem} (${shapes.join(", ")}); ${remedy}`);
}

/** Names the inputs of a node; throws PlanError when their number is not one of those allowed. */
export function operands<Name extends string>(
  op: string,
  inputs: readonly ValueType[],
  names: readonly Name[],
  optional = 0,
): Record<Name, ValueType> {
  if (inputs.length > names.length || inputs.length < names.length - optional)
    throw new PlanError(
      `${op} takes ${names.length - optional === names.length ? "" : "up to "}${names.length} inputs (${names.join(", ")}), found ${inputs.length}`,
    );
  for (const [i, input] of inputs.entries())
    if (input.dtype !== "float32" && names[i] !== "index")
      throw new PlanError(`${op}: ${names[i]} is ${input.dtype}, expected float32`);
  return Object.fromEntries(names.slice(0, inputs.length).map((name, i) => [name, inputs[i]])) as Record<
    Name,
    ValueType
  >;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Throws unless all operands have the shape of the first. */
export function requireEqual(op: string, all: Operands, remedy: string): void {
  const [first, ...rest] = Object.values(all);
  if (first !== undefined && rest.some((other) => !sameShape(first.shape, other.shape)))
    shapeError(op, "shapes differ", all, remedy);
}

/** Throws unless the first operand is an image [n, c, h, w]. */
export function requireImage(op: string, name: string, type: ValueType): void {
  if (type.shape.length !== 4)
    shapeError(
      op,
      "expects images [batch, channels, height, width]",
      { [name]: type },
      "put it where values still have height and width",
    );
}

export function float32(shape: Shape): ValueType {
  return { shape, dtype: "float32" };
}

export function number(op: string, attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== "number")
    throw new PlanError(`${op}: attribute "${name}" is ${JSON.stringify(value)}, expected a number`);
  return value;
}

export function boolean(op: string, attributes: Attributes, name: string): boolean {
  const value = attributes[name];
  if (typeof value !== "boolean")
    throw new PlanError(`${op}: attribute "${name}" is ${JSON.stringify(value)}, expected true or false`);
  return value;
}

/** Whether the optional attribute `activation` asks for a relu in the same pass; the fusion pass sets it. */
export function hasRelu(op: string, attributes: Attributes): boolean {
  const { activation } = attributes;
  if (activation !== undefined && activation !== "relu")
    throw new PlanError(`${op}: attribute "activation" is ${JSON.stringify(activation)}, expected "relu"`);
  return activation === "relu";
}

/** A whole number of at least `least`. */
export function whole(op: string, attributes: Attributes, name: string, least: number): number {
  const value = number(op, attributes, name);
  if (!Number.isSafeInteger(value) || value < least)
    throw new ShapeError(`${op}: ${name} is ${value}, expected a whole number of at least ${least}`);
  return value;
}

/** A list of whole numbers of at least `least`. */
export function wholes<Length extends 2 | 3 | 4>(
  op: string,
  attributes: Attributes,
  name: string,
  length: Length,
  least: number,
): Tuple<Length> {
  const value = attributes[name];
  const isList =
    Array.isArray(value) &&
    value.length === length &&
    value.every((entry) => Number.isSafeInteger(entry) && entry >= least);
  if (!isList)
    throw new ShapeError(
      `${op}: ${name} is ${JSON.stringify(value)}, expected ${length} whole numbers of at least ${least}`,
    );
  return value as unknown as Tuple<Length>;
}

type Tuple<Length extends 2 | 3 | 4> = Length extends 2
  ? readonly [number, number]
  : Length extends 3
    ? readonly [number, number, number]
    : readonly [number, number, number, number];

/** Rows, channels and elements behind the channel axis of [n, c] or [n, c, h, w]. Element (i, c, j) is at (i * channels + c) * inner + j. */
export interface ChannelView {
  readonly rows: number;
  readonly channels: number;
  readonly inner: number;
}

export function channelView(shape: Shape): ChannelView {
  const [rows = 1, channels = 1, ...inner] = shape;
  return { rows, channels, inner: inner.reduce((product, dimension) => product * dimension, 1) };
}

/** Calls visit with each element's index and channel. */
export function eachChannel(shape: Shape, visit: (index: number, channel: number) => void): void {
  const { rows, channels, inner } = channelView(shape);
  for (let index = 0; index < rows * channels * inner; index++) visit(index, Math.floor(index / inner) % channels);
}

/** Throws unless x is [n, c] or [n, c, h, w] and every other operand is [c]. */
export function requireChannels(op: string, all: Operands): void {
  const [x, ...vectors] = Object.values(all) as [ValueType, ...ValueType[]];
  if (x.shape.length !== 2 && x.shape.length !== 4)
    shapeError(
      op,
      "expects [batch, channels] or [batch, channels, height, width]",
      all,
      "add flatten() or reshape the data",
    );
  if (vectors.some(({ shape }) => shape.length !== 1 || shape[0] !== x.shape[1]))
    shapeError(op, `expects one value per channel, [${x.shape[1]}]`, all, "make the vectors as long as axis 1");
}

/** Elements of a shape whose batch is substituted. */
export function count(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Throws unless the only unknown dimension is the first. */
export function requireBatchInFront(op: string, shape: Shape, all: Operands): void {
  if (shape.indexOf(BATCH, 1) >= 0)
    shapeError(op, `result ${shapeText(shape)} has its batch behind the first axis`, all, "transpose the operands");
}
