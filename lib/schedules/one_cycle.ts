// The one-cycle policy (Smith and Topin 2017): up to a large rate and down to almost nothing, within one training.
import { numberIn, type Options, readSpec, withDefault } from "../options.js";
import { cosineBetween, namedSchedule, type Schedule } from "./schedule.js";

export interface OneCycleOptions {
  /** Share of all steps over which the rate rises, in [0, 1]; default 0.3. */
  readonly pctStart?: number;
  /** The first rate is the largest divided by this, at least 1; default 25. */
  readonly divFactor?: number;
  /** The last rate is the first divided by this, at least 1; default 10,000. */
  readonly finalDivFactor?: number;
}

const OPTIONS: Options = {
  pctStart: withDefault(numberIn({ from: 0, to: 1 }), 0.3),
  divFactor: withDefault(numberIn({ from: 1 }), 25),
  finalDivFactor: withDefault(numberIn({ from: 1 }), 1e4),
};

/**
 * Rises to the optimizer's learning rate, here the largest, and falls from it, both along half a cosine, as PyTorch's OneCycleLR with
 * its defaults, whose names these options have (Smith and Topin 2017). The momentum stays as it is: PyTorch cycles it too unless told
 * `cycle_momentum=False`. The cycle is as long as the call of fit; a training that stops early has not come down.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const { train, validation } = await datasets.digits();
 * const model = sequential(train.inputShape, [flatten(), dense(32), relu(), dense(10), softmax()]);
 * using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: adamW({ learningRate: 0.01 }) });
 * await trainer.fit(train, { epochs: 20, validation, schedule: oneCycle() });
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  const { pctStart, divFactor, finalDivFactor } = readSpec<{ kind: "oneCycle" } & Required<OneCycleOptions>>(
    "oneCycle",
    "oneCycle",
    OPTIONS,
    options,
  );
  const first = 1 / divFactor;
  const last = first / finalDivFactor;
  return namedSchedule("oneCycle", ({ step, steps }) => {
    const peak = pctStart * steps - 1;
    // A peak at step 0 is reached without a rise.
    if (step <= peak) return cosineBetween(first, 1, peak === 0 ? 1 : step / peak);
    return cosineBetween(1, last, (step - peak) / (steps - 1 - peak));
  });
}
