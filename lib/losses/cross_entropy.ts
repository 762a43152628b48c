// Cross-entropy of classes.
import { ShapeError } from "../errors.js";
import { numberIn, readSpec, withDefault } from "../options.js";
import { type Comparison, defineLoss, expectSameShape, type Loss } from "./loss.js";

export interface CrossEntropyLoss extends Loss {
  readonly kind: "crossEntropy";
  readonly labelSmoothing: number;
}

export interface CrossEntropyOptions {
  /** Share of every target that is spread evenly over all classes, in [0, 1); default 0. */
  readonly labelSmoothing?: number;
}

const OPTIONS = { labelSmoothing: withDefault(numberIn({ from: 0, below: 1 }), 0) };

defineLoss<CrossEntropyLoss>({
  kind: "crossEntropy",
  classesByDefault: true,
  lower(comparison, { labelSmoothing }) {
    expectScores("crossEntropy", comparison);
    const { g, predictions, target } = comparison;
    const classes = g.at(target).shape[1] as number;
    const smoothed =
      labelSmoothing === 0
        ? target
        : g.op("affine", [target], { scale: 1 - labelSmoothing, offset: labelSmoothing / classes });
    return g.op("softmax_cross_entropy", [predictions.raw, smoothed]);
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
 *
 * With `labelSmoothing` a target becomes `(1 - labelSmoothing) * target + labelSmoothing / classes` (Szegedy et al. 2016),
 * as in PyTorch's CrossEntropyLoss. It is the same loss everywhere, in validation and `evaluate()` too; accuracy is of the
 * targets as they were given, and so is the metric `nll`, the loss without smoothing.
 * @throws ArgumentError for a labelSmoothing outside [0, 1)
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(3), softmax()]);
 * new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.1 }) });
 * new Trainer(model, { loss: crossEntropy({ labelSmoothing: 0.1 }), optimizer: adamW(), metrics: ["accuracy", "nll"] });
 */
export function crossEntropy(options: CrossEntropyOptions = {}): CrossEntropyLoss {
  return readSpec<CrossEntropyLoss>("crossEntropy", "crossEntropy", OPTIONS, options);
}
