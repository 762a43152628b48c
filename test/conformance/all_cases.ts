// The op cases on disk, and the numbers that each of them draws.
import { readdirSync } from "node:fs";
import { BATCH, type Shape } from "../../lib/errors.js";
import "../../lib/ops/index.js";
import { opDefinition } from "../../lib/ops/op.js";
import { fnv1a, randomWords, uniform } from "../../lib/ops/rng.js";
import type { CaseInput, OpCase, OpCases } from "../cases/op_case.js";

const FOLDER = new URL("../cases/ops/", import.meta.url);

/** Cases by op, from every file in test/cases/ops. */
export async function allCases(): Promise<Map<string, readonly OpCase[]>> {
  const found = new Map<string, readonly OpCase[]>();
  for (const file of readdirSync(FOLDER).sort()) {
    const { cases } = (await import(new URL(file, FOLDER).href)) as { cases: OpCases };
    for (const [op, list] of Object.entries(cases)) found.set(op, [...(found.get(op) ?? []), ...list]);
  }
  return found;
}

export const batchOf = (opCase: OpCase): number => opCase.batch ?? 3;

export function withBatch(shape: Shape, batch: number): Shape {
  return shape.map((dimension) => (dimension === BATCH ? batch : dimension));
}

/** The inputs of a case as float32 and int32; the same numbers in every run. */
export function drawInputs(op: string, opCase: OpCase): (Float32Array | Int32Array)[] {
  const drawn: (Float32Array | Int32Array)[] = [];
  for (const [i, input] of opCase.inputs.entries()) {
    const numbers = drawOne(
      input,
      withBatch(input.shape, batchOf(opCase)),
      fnv1a(`${op} ${opCase.name} ${i}`),
      opCase,
      drawn,
    );
    drawn.push(input.dtype === "int32" ? Int32Array.from(numbers) : Float32Array.from(numbers));
  }
  return drawn;
}

function drawOne(
  { draw }: CaseInput,
  shape: Shape,
  seed: number,
  opCase: OpCase,
  before: readonly (Float32Array | Int32Array)[],
): ArrayLike<number> {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const random = Array.from(randomWords(seed, 0, 0, 2 * count), (word) => uniform(word));
  const numbers = (f: (u: number, v: number, i: number) => number) =>
    Array.from({ length: count }, (_, i) => f(random[2 * i]!, random[2 * i + 1]!, i));
  switch (draw.kind) {
    case "normal":
      return numbers(
        (u, v) => draw.mean + draw.deviation * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v),
      );
    case "uniform":
      return numbers((u) => draw.low + (draw.high - draw.low) * u);
    case "away_from_zero":
      return numbers((u, v) => (v < 0.5 ? -1 : 1) * (0.1 + 2 * u));
    case "distinct": {
      const order = numbers((_, __, i) => i).sort((a, b) => random[2 * a]! - random[2 * b]!);
      return order.map((place) => (place - count / 2) / 16);
    }
    case "whole":
      return numbers((u) => Math.floor(u * draw.below));
    case "probabilities": {
      const columns = shape.at(-1)!;
      const positive = numbers((u) => 0.05 + u);
      const sum = (row: number) => positive.slice(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0);
      return positive.map((value, i) => value / sum(Math.floor(i / columns)));
    }
    case "values":
      if (draw.values.length !== count)
        throw new Error(`${opCase.name}: ${draw.values.length} values for ${count} elements`);
      return draw.values;
    case "output_of": {
      const types = draw.inputs.map((i) => opCase.inputs[i]!);
      const inferred = opDefinition(draw.op).infer(types, opCase.attributes ?? {});
      const outputs = opDefinition(draw.op).reference(
        draw.inputs.map((i) => Float64Array.from(before[i]!)),
        {
          in: types.map((type) => withBatch(type.shape, batchOf(opCase))),
          out: inferred.map((type) => withBatch(type.shape, batchOf(opCase))),
        },
        opCase.attributes ?? {},
        { seed: 0, step: 0, learningRate: 0 },
      );
      return outputs[draw.output]!;
    }
  }
}
