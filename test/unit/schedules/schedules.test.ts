// Schedules: the moments they are asked for, where they begin and end, and what is said of what cannot be used.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../lib/errors.js";
import {
  cosine,
  exponentialDecay,
  oneCycle,
  type Schedule,
  type ScheduleMoment,
  stepDecay,
  warmUp,
} from "../../../lib/schedules/index.js";
import { ratesOfEpoch } from "../../../lib/schedules/rates.js";

const call = (factory: unknown, ...args: unknown[]) => (factory as (...args: unknown[]) => unknown)(...args);

/** Factors of a call of fit with one epoch. */
const factors = (schedule: Schedule, steps: number) => [
  ...ratesOfEpoch(schedule, 1, { epoch: 0, epochs: 1, stepsPerEpoch: steps }),
];

describe("rates of an epoch", () => {
  it("are the learning rate without a schedule", () => {
    expect([...ratesOfEpoch(undefined, 0.3, { epoch: 4, epochs: 5, stepsPerEpoch: 3 })]).toEqual([0.3, 0.3, 0.3]);
  });

  it("are the learning rate times the factor at each moment", () => {
    const asked: ScheduleMoment[] = [];
    const schedule = (moment: ScheduleMoment) => {
      asked.push(moment);
      return moment.step;
    };
    expect([...ratesOfEpoch(schedule, 0.5, { epoch: 2, epochs: 4, stepsPerEpoch: 3 })]).toEqual([3, 3.5, 4]);
    expect(asked).toEqual([6, 7, 8].map((step) => ({ step, steps: 12, epoch: 2, epochs: 4 })));
  });

  it.each([
    [() => Number.NaN, "NaN"],
    [() => -0.1, "-0.1"],
    [() => Number.POSITIVE_INFINITY, "Infinity"],
    [() => 1e40, "1e+40"],
    [() => "0.1", '"0.1"'],
    [() => undefined, "nothing"],
  ])("refuse what is no factor: case %#", (factor, found) => {
    const mine = (moment: ScheduleMoment) => (moment.step === 5 ? factor() : 1) as number;
    const rates = (epoch: number) => ratesOfEpoch(mine, 0.1, { epoch, epochs: 2, stepsPerEpoch: 4 });
    expect([...rates(0)]).toEqual([0.1, 0.1, 0.1, 0.1]);
    expect(() => rates(1)).toThrow(
      new ArgumentError(
        `schedule mine: expected a factor of the learning rate (0.1), a finite number of at least 0, found ${found} for step 5 of 8; steps and epochs count from 0`,
      ),
    );
  });

  it("are not taken from a function that makes schedules", () => {
    const rates = (schedule: unknown) =>
      ratesOfEpoch(schedule as Schedule, 0.1, { epoch: 0, epochs: 1, stepsPerEpoch: 1 });
    expect(() => rates(cosine)).toThrow("schedule: cosine makes a schedule and is none: call it, schedule: cosine()");
    expect(() => rates(stepDecay)).toThrow("call it, schedule: stepDecay({ ... })");
  });

  it("name the schedule that was given", () => {
    expect([warmUp(), cosine(), oneCycle(), stepDecay({ every: 1 }), exponentialDecay({ factor: 1 })]).toEqual(
      ["warmUp", "cosine", "oneCycle", "stepDecay", "exponentialDecay"].map((name) =>
        expect.objectContaining({ name }),
      ),
    );
  });
});

describe("ends", () => {
  it.each([1, 2, 3, 4, 7, 10, 40])("oneCycle over %i steps ends at its last rate", (steps) => {
    const found = factors(oneCycle(), steps);
    expect(found.at(-1)).toBeCloseTo(1 / 25 / 1e4, 12);
    expect(found.every((factor) => factor >= 0 && factor <= 1)).toBe(true);
  });

  it("oneCycle reaches the learning rate itself", () => {
    expect(Math.max(...factors(oneCycle(), 100))).toBeCloseTo(1, 12);
    // Its peak is the first step: PyTorch would divide by zero.
    expect(factors(oneCycle({ pctStart: 0.25 }), 4)[0]).toBe(1);
  });

  it("cosine falls from 1 towards its floor, behind a warm-up that rises from startFactor", () => {
    expect(factors(cosine(), 4)).toEqual([1, 0.5 + Math.SQRT1_2 / 2, 0.5, 0.5 - Math.SQRT1_2 / 2].map(near));
    expect(factors(cosine({ floor: 0.5 }), 2)).toEqual([1, 0.75].map(near));
    expect(factors(cosine({ warmUp: 0.5, startFactor: 0.2 }), 4)).toEqual([0.2, 0.6, 1, 0.5].map(near));
    expect(factors(cosine({ warmUp: 0.9 }), 1)).toEqual([0.01]);
  });

  it("warm-up multiplies with a decay", () => {
    const both = (moment: ScheduleMoment) => warmUp({ share: 0.25 })(moment) * stepDecay({ every: 1 })(moment);
    const epochs = [0, 1].map((epoch) => [...ratesOfEpoch(both, 1, { epoch, epochs: 2, stepsPerEpoch: 4 })]);
    expect(epochs.flat()).toEqual([0.01, 0.505, 1, 1, 0.1, 0.1, 0.1, 0.1].map(near));
  });
});

const near = (value: number) => expect.closeTo(value, 12);

describe("an option that cannot be used", () => {
  it.each([
    [() => warmUp({ share: 1 }), "warmUp: share must be a number at least 0 and below 1, got 1"],
    [() => warmUp({ startFactor: -1 }), "warmUp: startFactor must be a number at least 0 and at most 1, got -1"],
    [() => cosine({ floor: 2 }), "cosine: floor must be a number at least 0 and at most 1, got 2"],
    [() => cosine({ warmUp: Number.NaN }), "cosine: warmUp must be a number at least 0 and below 1, got NaN"],
    [() => call(cosine, { warmup: 0.1 }), 'cosine: unknown option "warmup"; it has floor, warmUp, startFactor'],
    [() => oneCycle({ pctStart: 1.1 }), "oneCycle: pctStart must be a number at least 0 and at most 1, got 1.1"],
    [() => oneCycle({ divFactor: 0 }), "oneCycle: divFactor must be a number at least 1, got 0"],
    [() => oneCycle({ finalDivFactor: 0.5 }), "oneCycle: finalDivFactor must be a number at least 1, got 0.5"],
    [() => stepDecay({ every: 0 }), "stepDecay: every must be a positive whole number, got 0"],
    [() => call(stepDecay), "stepDecay: every must be a positive whole number, got nothing"],
    [() => stepDecay({ every: 1, factor: 2 }), "stepDecay: factor must be a number above 0 and at most 1, got 2"],
    [() => call(exponentialDecay), "exponentialDecay: factor must be a number above 0 and at most 1, got nothing"],
  ])("case %# is refused", (make, message) => {
    expect(make).toThrow(new ArgumentError(message));
  });
});
