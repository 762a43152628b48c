// Cases of batch normalisation.
import type { Shape } from "../../../lib/errors.js";
import { LARGE, LENGTHS, normal, type OpCase, type OpCases, outputOf, uniform, values } from "../op_case.js";

interface Batch {
  readonly name: string;
  readonly shape: Shape;
  readonly batch: number;
  readonly large?: boolean;
}

const batches: readonly Batch[] = [
  ...LENGTHS.map((c) => ({ name: `${c} columns`, shape: [-1, c], batch: 4 })),
  ...[2, 15, 16, 17, 33].map((batch) => ({ name: `${batch} rows`, shape: [-1, 3], batch })),
  { name: "images", shape: [-1, 3, 4, 5], batch: 3 },
  { name: "one image", shape: [-1, 5, 3, 3], batch: 1 },
  { name: "images of 17 channels", shape: [-1, 17, 3, 3], batch: 3 },
  { name: "large", shape: [-1, 33, 24, 25], batch: 10, large: true },
  { name: "large matrix", shape: [-1, 130], batch: 300, large: true },
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
const epsilon = 1e-5;
const FAR_MEAN = "the mean is kept in float32: its last place is eps * mean / deviation of a normalised value";

export const cases: OpCases = {
  batch_norm: [
    ...batches.map((from) => ({
      ...common(from),
      inputs: [normal(from.shape, 1, 2), normal(vector(from), 1, 0.5), normal(vector(from))],
      attributes: { epsilon },
    })),
    {
      name: "mean far from zero",
      batch: 64,
      inputs: [normal([-1, 5], 1000, 0.5), normal([5]), normal([5])],
      attributes: { epsilon },
      tolerance: { relative: 2.4e-4, reason: FAR_MEAN },
      notDifferenced: "differences lose as many digits",
    },
    {
      name: "constant channel",
      batch: 4,
      inputs: [values([-1, 1], 3, 3, 3, 3), normal([1]), normal([1])],
      attributes: { epsilon },
      notDifferenced: "its curvature is 1 / epsilon",
    },
  ],
  batch_norm_grad: batches.map((from) => ({
    ...common(from),
    inputs: [
      normal(from.shape),
      normal(from.shape, 1, 2),
      normal(vector(from), 1, 0.5),
      // Scale stands in for shift, which the statistics do not depend on.
      outputOf(vector(from), "batch_norm", [1, 2, 2], 1),
      outputOf(vector(from), "batch_norm", [1, 2, 2], 2),
    ],
    // Of two rows with a small epsilon the gradient is what rounding leaves of it.
    attributes: { epsilon: from.batch === 2 ? 1 : epsilon },
  })),
  batch_norm_inference: batches.map((from) => ({
    ...common(from),
    inputs: [
      normal(from.shape, 1, 2),
      normal(vector(from)),
      normal(vector(from)),
      normal(vector(from)),
      uniform(vector(from), 0.1, 3),
    ],
    attributes: { epsilon },
  })),
  batch_norm_fold: LENGTHS.flatMap((c) => {
    const inputs = [normal([c]), normal([c]), normal([c]), uniform([c], 0.1, 3)];
    return [
      { name: `${c} channels`, inputs, attributes: { epsilon } },
      { name: `${c} channels + bias`, inputs: [...inputs, normal([c])], attributes: { epsilon } },
    ];
  }),
  running_average: LENGTHS.map((c) => ({
    name: `${c} channels`,
    inputs: [normal([c]), normal([c])],
    attributes: { momentum: 0.1 },
  })),
};
