// predict(): rows in, tensors by output name out, with class names where the model tells classes apart.
import { bareRows, Dataset } from "./dataset.js";
import type { Engine } from "./engine.js";
import type { Outputs, Tensor } from "./native.js";
import type { NumericData } from "./numeric_data.js";

export interface OutputTensor extends Tensor {
  /** Names of the columns, for probabilities of a model trained on labels. */
  readonly classes?: readonly string[];
  /** Name of the most probable class of each row, likewise. */
  readonly labels?: readonly string[];
}

/** By output name: `probabilities` behind softmax(), `mean` and `sigma` behind gaussian(), else `output`. */
export type Prediction = { readonly [output: string]: OutputTensor };

const HELD_MILLISECONDS = 1;
// Kept from the start: tests of applications put false timers in its place.
const later = setImmediate;
let nextTurn: Promise<void> | undefined;
let heldUntil = 0;

/**
 * Reads the rows within the call, and computes short predictions there too, until they have held JavaScript for 1 ms in this
 * turn of the event loop. Then the next turn is awaited, and what comes meanwhile runs on its session's thread.
 */
export function computeOutputs(
  engine: Engine,
  input: Dataset | NumericData,
  batchSize: number,
): Outputs | Promise<Outputs> {
  const begin = performance.now();
  const mayHold = nextTurn === undefined || begin < heldUntil;
  const outputs = start(engine, input, batchSize, mayHold);
  if (!mayHold || outputs instanceof Promise) return outputs;
  if (nextTurn === undefined) {
    heldUntil = begin + HELD_MILLISECONDS;
    nextTurn = new Promise((resolve) => {
      later(() => {
        nextTurn = undefined;
        resolve();
      });
    });
  }
  return performance.now() < heldUntil ? outputs : nextTurn.then(() => outputs);
}

function start(
  engine: Engine,
  input: Dataset | NumericData,
  batchSize: number,
  atOnce: boolean,
): Outputs | Promise<Outputs> {
  if (input instanceof Dataset) {
    engine.checkInput("predict", input);
    const job = { dataset: input.native(), batchSize: Math.min(batchSize, input.rows) };
    return engine.session().predict(job, atOnce);
  }
  const { input: rows, rows: count } = bareRows(input, engine.inputShape);
  return engine.session().predictRows(rows, count, Math.min(batchSize, count), atOnce);
}

/** Adds class names and labels to the outputs of a classifier. */
export function describePrediction(
  outputs: Record<string, Tensor>,
  classes: readonly string[] | undefined,
): Prediction {
  if (classes === undefined) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [
      name,
      tensor.shape.length === 2 && tensor.shape[1] === classes.length
        ? { ...tensor, classes, labels: rowMaxima(tensor).map((index) => classes[index] as string) }
        : tensor,
    ]),
  );
}

/** Index of the first largest number of each row. */
export function rowMaxima({ data, shape }: Tensor): number[] {
  const [rows = 0, columns = 0] = shape;
  const maxima = new Array<number>(rows).fill(0);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = start;
    for (let i = start + 1; i < start + columns; i++) if ((data[i] as number) > (data[best] as number)) best = i;
    maxima[row] = best - start;
  }
  return maxima;
}
