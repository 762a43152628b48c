// Cases of losses and metrics.
import {
  type CaseInput,
  EXTREMES,
  LARGE,
  LENGTHS,
  normal,
  type OpCase,
  type OpCases,
  probabilities,
  uniform,
  values,
  whole,
} from "../op_case.js";

const dloss = uniform([], 0.5, 2);

/** Every loss on matrices of many widths, one row, and a large batch. */
function onMatrices(inputs: (shape: readonly number[]) => CaseInput[], scalars: readonly CaseInput[] = []): OpCase[] {
  return [
    ...LENGTHS.map((c) => ({ name: `${c} columns`, inputs: [...scalars, ...inputs([-1, c])], reduction: c })),
    { name: "one row", inputs: [...scalars, ...inputs([-1, 10])], batch: 1, reduction: 10 },
    { name: "17 rows", inputs: [...scalars, ...inputs([-1, 3])], batch: 17, reduction: 3 },
    { name: "large", inputs: [...scalars, ...inputs([-1, 130])], batch: 400, reduction: 130, notDifferenced: LARGE },
  ];
}

const pair = (shape: readonly number[]) => [normal(shape), normal(shape)];
const classesPair = (shape: readonly number[]) => [normal(shape, 0, 2), probabilities(shape)];
const gaussian = (shape: readonly number[]) => [normal(shape), uniform(shape, -2, 2), normal(shape)];
const images = [normal([-1, 3, 4, 5]), normal([-1, 3, 4, 5])];
const weightedTargets: OpCase = {
  name: "targets that do not sum to 1",
  inputs: [normal([-1, 9]), uniform([-1, 9], 0, 2)],
  reduction: 9,
};
const extremeLogits: OpCase = {
  name: "confident and wrong",
  inputs: [values([-1, 3], 200, -200, 0, -90, 90, 0), values([-1, 3], 0, 1, 0, 1, 0, 0)],
  batch: 2,
  notDifferenced: EXTREMES,
};

export const cases: OpCases = {
  mean_squared_error: [...onMatrices(pair), { name: "images", inputs: images, reduction: 60 }],
  mean_squared_error_grad: [...onMatrices(pair, [dloss]), { name: "images", inputs: [dloss, ...images] }],
  softmax_cross_entropy: [...onMatrices(classesPair), weightedTargets, extremeLogits],
  softmax_cross_entropy_grad: [
    ...onMatrices(classesPair, [dloss]),
    { ...weightedTargets, inputs: [dloss, ...weightedTargets.inputs] },
    { ...extremeLogits, inputs: [dloss, ...extremeLogits.inputs] },
  ],
  gaussian_nll: onMatrices(gaussian),
  gaussian_nll_grad: onMatrices(gaussian, [dloss]),
  mean_absolute_error: [...onMatrices(pair), { name: "images", inputs: images, reduction: 60 }],
  accuracy: [...onMatrices(classesPair), { name: "ties", inputs: [whole([-1, 5], 3), whole([-1, 5], 2)], batch: 65 }],
};
