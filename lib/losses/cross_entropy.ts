// Cross-entropy of classes.
import { ShapeError } from "../errors.js";
import { readSpec } from "../options.js";
import { type Comparison, defineLoss, expectSameShape, type Loss } from "./loss.js";

export interface CrossEntropyLoss extends Loss {
  readonly kind: "crossEntropy";
}

defineLoss<CrossEntropyLoss>({
  kind: "crossEntropy",
  classesByDefault: true,
  lower(comparison) {
    expectScores("crossEntropy", comparison);
    const { g, predictions, target } = comparison;
    return g.op("softmax_cross_entropy", [predictions.raw, target]);
  },
});

/** Throws unless the model's raw values are one score per class. */
export function expectScores(what: string, comparison: Comparison): void {
  const { g, predictions } = comparison;
  if (predictions.head === "gaussian")
    throw new ShapeError(
      `${what}: wants one score per class, and gaussian() gives means and sigmas; end the model with softmax()`,
    );
  if (g.at(predictions.raw).shape.length !== 2)
    throw new ShapeError(
      `${what}: wants one score per class, [classes], got an image; put flatten() or globalAveragePool2d() and dense(classes) at the end`,
    );
  expectSameShape(what, comparison);
}

/**
 * Mean over rows of `-sum(target * log softmax(scores))`, the negative log likelihood of the right class. The scores are
 * the model's last values, or those before `softmax()`; targets are class labels, or rows that sum to 1.
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(3), softmax()]);
 * new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.1 }) });
 */
export function crossEntropy(options: Record<never, never> = {}): CrossEntropyLoss {
  return readSpec<CrossEntropyLoss>("crossEntropy", "crossEntropy", {}, options);
}
