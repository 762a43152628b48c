// Negative log likelihood of a Gaussian whose mean and variance the model predicts.
import { ShapeError } from "../errors.js";
import { readSpec } from "../options.js";
import { type Comparison, defineLoss, expectSameShape, type Loss } from "./loss.js";
import type { ValueId } from "../ops/op.js";

export interface GaussianNllLoss extends Loss {
  readonly kind: "gaussianNll";
}

defineLoss<GaussianNllLoss>({
  kind: "gaussianNll",
  lower: (comparison) => lowerGaussianNll("gaussianNll", comparison),
});

/** Appends the likelihood's op; the metric nll uses it too. */
export function lowerGaussianNll(what: string, comparison: Comparison): ValueId {
  const { g, predictions, target, targetKind } = comparison;
  if (predictions.logVariance === undefined)
    throw new ShapeError(
      `${what}: wants a mean and a sigma per target; end the model with dense(2 * targets), gaussian()`,
    );
  if (targetKind.kind === "classes")
    throw new ShapeError(
      `${what}: wants numbers as targets, got ${targetKind.classes} classes; use crossEntropy() behind softmax()`,
    );
  expectSameShape(what, comparison);
  return g.op("gaussian_nll", [predictions.values, predictions.logVariance, target]);
}

/**
 * Mean over rows of the sum over targets of `0.5 * (log(2 pi) + log sigma^2 + (target - mean)^2 / sigma^2)`.
 * The model ends in `gaussian()`. Reported in the target's units, also when targets are standardized for training.
 * @example
 * const model = sequential([4], [standardize(), dense(32), relu(), dense(2), gaussian()]);
 * new Trainer(model, { loss: gaussianNll(), optimizer: adam(), standardizeTargets: true });
 */
export function gaussianNll(options: Record<never, never> = {}): GaussianNllLoss {
  return readSpec<GaussianNllLoss>("gaussianNll", "gaussianNll", {}, options);
}
