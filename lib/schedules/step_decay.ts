// Step decay: the rate falls by a factor every so many epochs.
import { numberIn, type Options, positiveWhole, readSpec, withDefault } from "../options.js";
import { namedSchedule, type Schedule } from "./schedule.js";

export interface StepDecayOptions {
  /** Epochs between two falls. */
  readonly every: number;
  /** What a fall multiplies the rate by, above 0 and at most 1; default 0.1. */
  readonly factor?: number;
}

const OPTIONS: Options = { every: positiveWhole, factor: withDefault(numberIn({ above: 0, to: 1 }), 0.1) };

/**
 * `factor ^ floor(epoch / every)`, as PyTorch's StepLR stepped after every epoch.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const schedule = stepDecay({ every: 10, factor: 0.5 });
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const { every, factor } = readSpec<{ kind: "stepDecay" } & Required<StepDecayOptions>>(
    "stepDecay",
    "stepDecay",
    OPTIONS,
    options ?? {},
  );
  return namedSchedule("stepDecay", ({ epoch }) => factor ** Math.floor(epoch / every));
}
