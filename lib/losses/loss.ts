// What a loss is: plain data, and a rule that lowers it to ops ending in a scalar.
import type { Graph } from "../compile/graph.js";
import { ArgumentError, PlanError, type Shape, ShapeError, shapeText } from "../errors.js";
import type { Predictions } from "../layers/head.js";
import type { ValueId } from "../ops/op.js";

/** The data of a loss; `kind` is its registry name. JSON as it stands, frozen. */
export interface Loss {
  readonly kind: string;
}

/** What the targets are: class labels, or numbers of this shape per row. */
export type TargetKind =
  | { readonly kind: "classes"; readonly classes: number }
  | { readonly kind: "values"; readonly shape: Shape };

/** What losses and metrics compare. */
export interface Comparison {
  readonly g: Graph;
  readonly predictions: Predictions;
  /** As many values as predictions: class labels are one-hot rows by now. */
  readonly target: ValueId;
  readonly targetKind: TargetKind;
}

export interface LossDefinition<S extends Loss = Loss> {
  readonly kind: S["kind"];
  /** What targets a model of this output is taken to want when no data set says so. Default: values of its shape. */
  readonly classesByDefault?: boolean;
  /** Appends the loss of a batch, shape `[]`, a mean over rows; throws ShapeError when head or target do not fit. */
  lower(comparison: Comparison, spec: S): ValueId;
}

const registry = new Map<string, LossDefinition>();

/** Registers a loss; refuses a second one of the same kind. */
export function defineLoss<S extends Loss>(definition: LossDefinition<S>): void {
  if (registry.has(definition.kind)) throw new PlanError(`loss "${definition.kind}" is defined twice`);
  registry.set(definition.kind, definition as unknown as LossDefinition);
}

/** The definition of a loss; throws for anything that no factory made. */
export function lossDefinition(loss: Loss): LossDefinition {
  const definition = registry.get(loss?.kind);
  if (definition === undefined)
    throw new ArgumentError(
      `loss must be ${[...registry.keys()].map((kind) => `${kind}()`).join(", ")}, got ${typeof loss === "function" ? "a function; call it" : JSON.stringify(loss)}`,
    );
  return definition;
}

/** Throws unless predictions and target have the same shape. */
export function expectSameShape(what: string, { g, predictions, target }: Comparison): void {
  const predicted = rowText(g, predictions.values);
  const wanted = rowText(g, target);
  if (predicted === wanted) return;
  const labels = wanted === "[1]" && g.at(predictions.values).shape.length === 2;
  throw new ShapeError(
    `${what}: a row of targets has shape ${wanted}, a prediction ${predicted}; change the last layer or the targets${labels ? ", or give Dataset.from `classes` when they are labels" : ""}`,
  );
}

/** `[10]`: shape of a row. */
export function rowText(g: Graph, value: ValueId): string {
  return shapeText(g.at(value).shape.slice(1));
}
