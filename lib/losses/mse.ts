// Mean squared error.
import { readSpec } from "../options.js";
import { defineLoss, expectSameShape, type Loss } from "./loss.js";

export interface MseLoss extends Loss {
  readonly kind: "mse";
}

defineLoss<MseLoss>({
  kind: "mse",
  lower(comparison) {
    expectSameShape("mse", comparison);
    const { g, predictions, target } = comparison;
    return g.op("mean_squared_error", [predictions.values, target]);
  },
});

/**
 * Mean over all values of `(prediction - target)^2`. Behind `softmax()` it compares probabilities with one-hot targets.
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(1)]);
 * new Trainer(model, { loss: mse(), optimizer: adam() });
 */
export function mse(options: Record<never, never> = {}): MseLoss {
  return readSpec<MseLoss>("mse", "mse", {}, options);
}
