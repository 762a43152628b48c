// Stochastic gradient descent, with momentum by choice.
import { ArgumentError } from "../errors.js";
import { flag, numberIn, withDefault } from "../options.js";
import {
  clipNorm,
  defineOptimizer,
  learningRate,
  makeOptimizer,
  memory,
  type Optimizer,
  weightDecay,
} from "./optimizer.js";

export interface SgdOptimizer extends Optimizer {
  readonly kind: "sgd";
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

export interface SgdOptions {
  readonly learningRate: number;
  /** Share of the last velocity that stays; default 0. */
  readonly momentum?: number;
  /** Share of the gradient that does not enter the velocity; default 0. */
  readonly dampening?: number;
  /** Looks ahead along the velocity; default false. Wants momentum above 0 and dampening 0. */
  readonly nesterov?: boolean;
  /** Times the parameter, added to its gradient; default 0. */
  readonly weightDecay?: number;
  /** Scales the gradients so that the norm of all of them together is at most this; default: as they are. */
  readonly clipNorm?: number;
}

defineOptimizer<SgdOptimizer>({
  kind: "sgd",
  options: {
    learningRate,
    momentum: withDefault(memory, 0),
    dampening: withDefault(numberIn({ from: 0, to: 1 }), 0),
    nesterov: withDefault(flag, false),
    weightDecay,
    clipNorm,
  },
  op: "sgd",
  slots: ({ momentum }) => (momentum === 0 ? [] : ["velocity"]),
  attributes: ({ momentum, dampening, nesterov, weightDecay }) => ({ momentum, dampening, nesterov, weightDecay }),
});

/**
 * `velocity = momentum * velocity + (1 - dampening) * gradient; parameter -= learningRate * velocity`, as PyTorch's SGD:
 * the first velocity is the gradient itself.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const model = sequential([4], [dense(8), relu(), dense(1)]);
 * new Trainer(model, { loss: mse(), optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
 */
export function sgd(options: SgdOptions): SgdOptimizer {
  const spec = makeOptimizer<SgdOptimizer>("sgd", options ?? {});
  if (spec.nesterov && (spec.momentum === 0 || spec.dampening !== 0))
    throw new ArgumentError(
      `sgd: nesterov wants momentum above 0 and dampening 0, got momentum ${spec.momentum} and dampening ${spec.dampening}`,
    );
  return spec;
}
