// The learning rates of an epoch, computed before it begins.
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import * as schedules from "./index.js";
import type { Schedule } from "./schedule.js";

/** Which epoch of a call of fit, from 0, and how many steps each has. */
export interface EpochOfRun {
  readonly epoch: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/**
 * One rate a step, in float64; all alike without a schedule.
 * @throws ArgumentError for a function that makes schedules, and one that names the schedule and the step whose rate is negative, not finite or too large for float32
 */
export function ratesOfEpoch(
  schedule: Schedule | undefined,
  learningRate: number,
  { epoch, epochs, stepsPerEpoch }: EpochOfRun,
): Float64Array {
  const rates = new Float64Array(stepsPerEpoch).fill(learningRate);
  if (schedule === undefined) return rates;
  if ((Object.values(schedules) as unknown[]).includes(schedule))
    throw new ArgumentError(
      `schedule: ${schedule.name} makes a schedule and is none: call it, schedule: ${schedule.name}(${schedule.length > 0 ? "{ ... }" : ""})`,
    );
  const steps = stepsPerEpoch * epochs;
  for (let i = 0; i < stepsPerEpoch; i++) {
    const step = epoch * stepsPerEpoch + i;
    const factor: unknown = schedule({ step, steps, epoch, epochs });
    const rate = typeof factor === "number" ? learningRate * factor : Number.NaN;
    if (!(rate >= 0) || !Number.isFinite(Math.fround(rate)))
      throw new ArgumentError(
        `schedule${["", "schedule"].includes(schedule.name) ? "" : ` ${schedule.name}`}: expected a factor of the learning rate (${learningRate}), a finite number of at least 0, found ${valueText(factor)} for step ${step} of ${steps}; steps and epochs count from 0`,
      );
    rates[i] = rate;
  }
  return rates;
}
