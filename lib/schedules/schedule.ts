// What a schedule is: a pure function of the step that gives a factor of the learning rate.

/** A moment in one call of fit, before the step that it names. */
export interface ScheduleMoment {
  /** From 0, over all epochs of this call. */
  readonly step: number;
  /** Of all epochs of this call; early stopping may leave some untaken. */
  readonly steps: number;
  /** From 0, counted in this call. */
  readonly epoch: number;
  /** Of this call. */
  readonly epochs: number;
}

/**
 * Factor of the optimizer's learning rate for a step, at least 0. It must be pure: it is evaluated an epoch in advance, and may be
 * asked twice.
 */
export type Schedule = (moment: ScheduleMoment) => number;

/** The schedule under the name that messages call it by. */
export function namedSchedule(name: string, schedule: Schedule): Schedule {
  return Object.defineProperty(schedule, "name", { value: name });
}

/** From `start` at progress 0 to `end` at progress 1, along half a cosine. */
export function cosineBetween(start: number, end: number, progress: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * progress))) / 2;
}
