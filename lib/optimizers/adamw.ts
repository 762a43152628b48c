// AdamW (Loshchilov and Hutter 2019): Adam whose weight decay does not pass through the running averages.
import { withDefault } from "../options.js";
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

export interface AdamWOptimizer extends Optimizer {
  readonly kind: "adamW";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export interface AdamWOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Share of the past in the running mean; default 0.9. */
  readonly beta1?: number;
  /** Share of the past in the running square; default 0.999. */
  readonly beta2?: number;
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number;
  /** Times the learning rate, the share of every parameter that a step takes away; default 0.01. */
  readonly weightDecay?: number;
  /** Scales the gradients so that the norm of all of them together is at most this; default: as they are. */
  readonly clipNorm?: number;
}

defineOptimizer<AdamWOptimizer>({
  kind: "adamW",
  options: {
    learningRate: withDefault(learningRate, 0.001),
    beta1: withDefault(memory, 0.9),
    beta2: withDefault(memory, 0.999),
    epsilon,
    weightDecay: withDefault(weightDecay, 0.01),
    clipNorm,
  },
  op: "adam",
  slots: () => ["first_moment", "second_moment"],
  attributes: ({ beta1, beta2, epsilon, weightDecay }) => ({ beta1, beta2, epsilon, weightDecay, decoupled: true }),
});

/**
 * `parameter *= 1 - learningRate * weightDecay`, then the step of `adam()` without decay, as PyTorch's AdamW (Loshchilov and
 * Hutter 2019). All parameters decay, biases and the scales of batch norm too, as they do there by default.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(3), softmax()]);
 * new Trainer(model, { loss: crossEntropy(), optimizer: adamW({ learningRate: 0.003, weightDecay: 0.05 }) });
 */
export function adamW(options: AdamWOptions = {}): AdamWOptimizer {
  return makeOptimizer<AdamWOptimizer>("adamW", options);
}
