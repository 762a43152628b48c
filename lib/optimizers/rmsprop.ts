// RMSprop: steps divided by a running root mean square of the gradient.
import { flag, withDefault } from "../options.js";
import {
  clipNorm,
  defineOptimizer,
  epsilon,
  learningRate,
  makeOptimizer,
  memory,
  type Optimizer,
  weightDecay,
} from "./optimizer.js";

export interface RmspropOptimizer extends Optimizer {
  readonly kind: "rmsprop";
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly centered: boolean;
  readonly weightDecay: number;
}

export interface RmspropOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Share of the past in the running square; default 0.99. */
  readonly alpha?: number;
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number;
  /** Share of the last velocity that stays; default 0. */
  readonly momentum?: number;
  /** Divides by the running deviation instead of the running root mean square; default false. */
  readonly centered?: boolean;
  /** Times the parameter, added to its gradient; default 0. */
  readonly weightDecay?: number;
  /** Scales the gradients so that the norm of all of them together is at most this; default: as they are. */
  readonly clipNorm?: number;
}

defineOptimizer<RmspropOptimizer>({
  kind: "rmsprop",
  options: {
    learningRate: withDefault(learningRate, 0.01),
    alpha: withDefault(memory, 0.99),
    epsilon,
    momentum: withDefault(memory, 0),
    centered: withDefault(flag, false),
    weightDecay,
    clipNorm,
  },
  op: "rmsprop",
  slots: ({ centered, momentum }) => [
    "square_average",
    ...(centered ? ["gradient_average"] : []),
    ...(momentum === 0 ? [] : ["velocity"]),
  ],
  attributes: ({ alpha, epsilon, momentum, centered, weightDecay }) => ({
    alpha,
    epsilon,
    momentum,
    centered,
    weightDecay,
  }),
});

/**
 * `average = alpha * average + (1 - alpha) * gradient^2; parameter -= learningRate * gradient / (sqrt(average) + epsilon)`,
 * as PyTorch's RMSprop.
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(3), softmax()]);
 * new Trainer(model, { loss: crossEntropy(), optimizer: rmsprop({ learningRate: 0.001 }) });
 */
export function rmsprop(options: RmspropOptions = {}): RmspropOptimizer {
  return makeOptimizer<RmspropOptimizer>("rmsprop", options);
}
