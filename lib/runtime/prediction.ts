// What predict() gives: tensors by output name, with class names where the model tells classes apart.
import type { Tensor } from "./native.js";

export interface OutputTensor extends Tensor {
  /** Names of the columns, for probabilities of a model trained on labels. */
  readonly classes?: readonly string[];
  /** Name of the most probable class of each row, likewise. */
  readonly labels?: readonly string[];
}

/** By output name: `probabilities` behind softmax(), `mean` and `sigma` behind gaussian(), else `output`. */
export type Prediction = { readonly [output: string]: OutputTensor };

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
  return Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * columns, (row + 1) * columns);
    return values.reduce((best, value, column) => (value > (values[best] as number) ? column : best), 0);
  });
}
