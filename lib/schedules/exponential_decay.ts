// Exponential decay: the rate falls by the same factor every epoch.
import { numberIn, type Options, readSpec } from "../options.js";
import { namedSchedule, type Schedule } from "./schedule.js";

export interface ExponentialDecayOptions {
  /** What an epoch multiplies the rate by, above 0 and at most 1. */
  readonly factor: number;
}

const OPTIONS: Options = { factor: numberIn({ above: 0, to: 1 }) };

/**
 * `factor ^ epoch`, the same for all steps of an epoch, as PyTorch's ExponentialLR stepped after every epoch.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const schedule = exponentialDecay({ factor: 0.95 });
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { factor } = readSpec<{ kind: "exponentialDecay" } & ExponentialDecayOptions>(
    "exponentialDecay",
    "exponentialDecay",
    OPTIONS,
    options ?? {},
  );
  return namedSchedule("exponentialDecay", ({ epoch }) => factor ** epoch);
}
