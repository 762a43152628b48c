// Cases of batch norm with relu, residuals and windows.
import type { Shape } from "../../../lib/errors.js";
import { LARGE, LENGTHS, normal, type OpCase, type OpCases, outputOf } from "../op_case.js";

interface Batch {
  readonly name: string;
  readonly shape: Shape;
  readonly batch: number;
  readonly window: 1 | 2;
  readonly residual?: boolean;
  readonly large?: boolean;
}

const batches: readonly Batch[] = [
  ...LENGTHS.map((c) => ({ name: `${c} columns`, shape: [-1, c], batch: 4, window: 1 as const })),
  { name: "images", shape: [-1, 3, 4, 5], batch: 3, window: 1 },
  { name: "images of 17 channels", shape: [-1, 17, 3, 3], batch: 3, window: 1 },
  { name: "columns and residual", shape: [-1, 9], batch: 5, window: 1, residual: true },
  { name: "images and residual", shape: [-1, 5, 3, 4], batch: 3, window: 1, residual: true },
  ...[1, 3, 7, 8, 9, 16, 17].map((c) => ({
    name: `windows of ${c} channels`,
    shape: [-1, c, 4, 6],
    batch: 2,
    window: 2 as const,
  })),
  { name: "one window", shape: [-1, 5, 2, 2], batch: 1, window: 2 },
  { name: "large", shape: [-1, 33, 24, 25], batch: 10, window: 1, large: true },
  { name: "large with residual", shape: [-1, 33, 24, 25], batch: 10, window: 1, residual: true, large: true },
  { name: "large with windows", shape: [-1, 33, 24, 26], batch: 10, window: 2, large: true },
];

const perChannel = ({ shape, batch }: Batch) =>
  shape.slice(2).reduce((product, dimension) => product * dimension, batch);

const common = (from: Batch): Pick<OpCase, "name" | "batch" | "reduction" | "notDifferenced"> => ({
  name: from.name,
  batch: from.batch,
  reduction: perChannel(from),
  ...(from.large === true && { notDifferenced: LARGE }),
});

const vector = ({ shape }: Batch) => [shape[1]!];
const pooled = ({ shape, window }: Batch) =>
  window === 1 ? shape : [shape[0]!, shape[1]!, shape[2]! / 2, shape[3]! / 2];

export const cases: OpCases = {
  batch_norm_relu: batches.map((from) => ({
    ...common(from),
    inputs: [
      normal(from.shape, 1, 2),
      normal(vector(from), 1, 0.5),
      normal(vector(from)),
      ...(from.residual ? [normal(from.shape)] : []),
    ],
    attributes: { epsilon: 1e-5, window: from.window },
  })),
  batch_norm_relu_grad: batches.map((from) => ({
    ...common(from),
    inputs: [
      normal(pooled(from)),
      normal(from.shape, 1, 2),
      normal(vector(from), 1, 0.5),
      normal(vector(from)),
      outputOf(vector(from), "batch_norm", [1, 2, 3], 1),
      outputOf(vector(from), "batch_norm", [1, 2, 3], 2),
      ...(from.residual ? [normal(from.shape)] : []),
    ],
    attributes: { epsilon: 1e-5, window: from.window },
  })),
};
