// One line per layer: importing this file registers all of them.
export * from "./activations.js";
export * from "./average_pool2d.js";
export * from "./batch_norm.js";
export { type Parallel, parallel, type Repeat, type Residual, repeat, residual } from "./combinators.js";
export * from "./conv2d.js";
export * from "./dense.js";
export * from "./dropout.js";
export * from "./flatten.js";
export * from "./gaussian.js";
export * from "./global_average_pool2d.js";
export type { WeightInit } from "./initializers.js";
export type { AddSpec, ConcatSpec } from "./joins.js";
export {
  defineLayer,
  type LayerDefinition,
  type LayerSpec,
  type LowerContext,
  layerKinds,
  makeLayer,
  type ShapeRules,
} from "./layer.js";
export * from "./max_pool2d.js";
export { inputShapeOf, type Model, type ModelNode, readModel, sequential } from "./model.js";
export type { PoolOptions } from "./pool2d.js";
export * from "./softmax.js";
export { type StandardizeSpec, standardize } from "./standardize.js";
export type { Padding, Size } from "./window.js";
import "./joins.js";
