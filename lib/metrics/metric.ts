// Metrics by name: scalars that a plan computes per batch and the session averages over rows, finished here.
import { ArgumentError, ShapeError } from "../errors.js";
import { expectScores } from "../losses/cross_entropy.js";
import { lowerGaussianNll } from "../losses/gaussian_nll.js";
import { type Comparison, expectSameShape } from "../losses/loss.js";
import type { ValueId } from "../ops/op.js";
import { valueText } from "../options.js";

/**
 * - `accuracy`: share of rows whose largest score is that of the right class, 0 to 1
 * - `mse`, `rmse`, `mae`: mean squared error, its root, mean absolute error, in the target's units
 * - `nll`: negative log likelihood, a mean over rows: of the right class, or of the target under `gaussian()`
 */
export type MetricName = "accuracy" | "mse" | "rmse" | "mae" | "nll";

export interface Metric {
  /** Appends the scalars that the metric is made of, each a mean over rows; throws ShapeError when it does not fit the model. */
  lower(comparison: Comparison): Readonly<Record<string, ValueId>>;
  /** The metric from the means of its parts over all rows. */
  finish(parts: Readonly<Record<string, number>>, rows: number): number;
}

/** A metric that is one scalar. */
function simple(
  part: string,
  lower: (comparison: Comparison) => ValueId,
  finish: (value: number, rows: number) => number = (value) => value,
): Metric {
  return {
    lower: (comparison) => ({ [part]: lower(comparison) }),
    finish: (parts, rows) => finish(parts[part] as number, rows),
  };
}

function squaredError(name: string): (comparison: Comparison) => ValueId {
  return (comparison) => {
    expectSameShape(name, comparison);
    return comparison.g.op("mean_squared_error", [comparison.predictions.values, comparison.target]);
  };
}

const METRICS: Readonly<Record<MetricName, Metric>> = {
  accuracy: simple(
    "accuracy",
    (comparison) => {
      const { g, predictions, target } = comparison;
      expectScores("metric accuracy", comparison);
      if ((g.at(target).shape[1] as number) < 2)
        throw new ShapeError("metric accuracy: wants at least two classes, got one value per row; use rmse or mae");
      return g.op("accuracy", [predictions.values, target]);
    },
    // A share of rows: what float32 means per batch lost of it is found again by counting.
    (share, rows) => Math.round(share * rows) / rows,
  ),
  mse: simple("mse", squaredError("metric mse")),
  // The root is taken of the mean over all rows, not per batch.
  rmse: simple("mse", squaredError("metric rmse"), Math.sqrt),
  mae: simple("mae", (comparison) => {
    expectSameShape("metric mae", comparison);
    return comparison.g.op("mean_absolute_error", [comparison.predictions.values, comparison.target]);
  }),
  nll: simple("nll", (comparison) => {
    if (comparison.predictions.logVariance !== undefined) return lowerGaussianNll("metric nll", comparison);
    if (comparison.predictions.head !== "softmax" && comparison.targetKind.kind !== "classes")
      throw new ShapeError("metric nll: wants a model that ends in gaussian() or softmax(); use rmse or mae");
    expectScores("metric nll", comparison);
    return comparison.g.op("softmax_cross_entropy", [comparison.predictions.raw, comparison.target]);
  }),
};

/** Names of all metrics. */
export const metricNames = Object.keys(METRICS) as readonly MetricName[];

/** A metric by name; throws ArgumentError that lists the names. */
export function metricByName(name: string): Metric {
  if (!Object.hasOwn(METRICS, name))
    throw new ArgumentError(`metrics: there is no metric ${valueText(name)}; choose from ${metricNames.join(", ")}`);
  return METRICS[name as MetricName];
}

/** What is measured when the user does not say. */
export function defaultMetrics(classification: boolean): readonly MetricName[] {
  return classification ? ["accuracy"] : ["rmse", "mae"];
}
