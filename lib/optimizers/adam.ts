// Adam (Kingma and Ba 2015): running mean and square of the gradient, both corrected for their start.
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

export interface AdamOptimizer extends Optimizer {
  readonly kind: "adam";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Share of the past in the running mean; default 0.9. */
  readonly beta1?: number;
  /** Share of the past in the running square; default 0.999. */
  readonly beta2?: number;
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number;
  /** Times the parameter, added to its gradient; default 0. */
  readonly weightDecay?: number;
  /** Scales the gradients so that the norm of all of them together is at most this; default: as they are. */
  readonly clipNorm?: number;
}

defineOptimizer<AdamOptimizer>({
  kind: "adam",
  options: {
    learningRate: withDefault(learningRate, 0.001),
    beta1: withDefault(memory, 0.9),
    beta2: withDefault(memory, 0.999),
    epsilon,
    weightDecay,
    clipNorm,
  },
  op: "adam",
  slots: () => ["first_moment", "second_moment"],
  attributes: ({ beta1, beta2, epsilon, weightDecay }) => ({ beta1, beta2, epsilon, weightDecay, decoupled: false }),
});

/**
 * `parameter -= learningRate * mean / (sqrt(square) + epsilon)` with the bias-corrected mean of the gradient and of its
 * square, as PyTorch's Adam; weight decay is added to the gradient, after clipping.
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(2), gaussian()]);
 * new Trainer(model, { loss: gaussianNll(), optimizer: adam({ learningRate: 0.01 }) });
 */
export function adam(options: AdamOptions = {}): AdamOptimizer {
  return makeOptimizer<AdamOptimizer>("adam", options);
}
