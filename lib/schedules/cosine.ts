// Cosine annealing (Loshchilov and Hutter 2017), without restarts, with a warm-up by choice.
import { numberIn, type Options, readSpec, withDefault } from "../options.js";
import { cosineBetween, namedSchedule, type Schedule } from "./schedule.js";
import { warmUpFactor, warmUpSteps } from "./warm_up.js";

export interface CosineOptions {
  /** Factor that the end approaches, in [0, 1]; default 0. */
  readonly floor?: number;
  /** Share of all steps over which the rate rises first, linearly, in [0, 1); default 0. */
  readonly warmUp?: number;
  /** Factor of the first step of a warm-up, in [0, 1]; default 0.01. */
  readonly startFactor?: number;
}

const OPTIONS: Options = {
  floor: withDefault(numberIn({ from: 0, to: 1 }), 0),
  warmUp: withDefault(numberIn({ from: 0, below: 1 }), 0),
  startFactor: withDefault(numberIn({ from: 0, to: 1 }), 0.01),
};

/**
 * `floor + (1 - floor) * (1 + cos(pi * step / steps)) / 2` over the steps behind the warm-up, as PyTorch's CosineAnnealingLR stepped
 * after every batch, with LinearLR in front of it. The floor would be reached one step after the last.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const { train, validation } = await datasets.digits();
 * const model = sequential(train.inputShape, [flatten(), dense(32), relu(), dense(10), softmax()]);
 * using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: adamW({ learningRate: 0.003 }) });
 * await trainer.fit(train, { epochs: 20, validation, schedule: cosine({ warmUp: 0.05, floor: 0.01 }) });
 */
export function cosine(options: CosineOptions = {}): Schedule {
  const {
    floor,
    warmUp: share,
    startFactor,
  } = readSpec<{ kind: "cosine" } & Required<CosineOptions>>("cosine", "cosine", OPTIONS, options);
  return namedSchedule("cosine", ({ step, steps }) => {
    const warm = warmUpSteps(steps, share);
    return (
      warmUpFactor({ step, steps }, { share, startFactor }) ?? cosineBetween(1, floor, (step - warm) / (steps - warm))
    );
  });
}
