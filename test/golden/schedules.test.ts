// Learning rates of every schedule, step by step, as PyTorch's schedulers give them (numbers made by schedules.py).
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  cosine,
  exponentialDecay,
  oneCycle,
  type Schedule,
  stepDecay,
  type WarmUpOptions,
  warmUp,
} from "../../lib/schedules/index.js";
import { ratesOfEpoch } from "../../lib/schedules/rates.js";

interface Golden {
  readonly epochs: number;
  readonly steps: number;
  readonly schedules: Readonly<Record<string, readonly number[]>>;
}

const file = readFileSync(new URL("schedules.json", import.meta.url), "utf8");
const golden = JSON.parse(file) as Golden;

const rise: WarmUpOptions = { share: 0.75, startFactor: 0.25 };
const schedules: Readonly<Record<string, Schedule>> = {
  warm_up: warmUp(),
  warm_up_long: warmUp(rise),
  step_decay: stepDecay({ every: 3 }),
  step_decay_slow: stepDecay({ every: 2, factor: 0.5 }),
  exponential_decay: exponentialDecay({ factor: 0.7 }),
  cosine: cosine(),
  cosine_floor: cosine({ floor: 0.05 }),
  cosine_warm_up: cosine({ floor: 0.1, warmUp: 0.15, startFactor: 0.02 }),
  one_cycle: oneCycle(),
  one_cycle_options: oneCycle({ pctStart: 0.55, divFactor: 10, finalDivFactor: 100 }),
  one_cycle_no_rise: oneCycle({ pctStart: 0 }),
  one_cycle_all_rise: oneCycle({ pctStart: 1 }),
  one_cycle_short: oneCycle(),
};

it("the same schedules are on both sides", () => {
  expect(Object.keys(golden.schedules).sort()).toEqual(Object.keys(schedules).sort());
});

it.each(Object.entries(golden.schedules))("%s", (name, expected) => {
  const epochs = expected.length / golden.steps;
  const found = Array.from({ length: epochs }, (_, epoch) => [
    ...ratesOfEpoch(schedules[name] as Schedule, 1, { epoch, epochs, stepsPerEpoch: golden.steps }),
  ]).flat();
  // The numbers in the file have twelve digits; PyTorch reaches some of them by recursion.
  for (const [step, rate] of expected.entries())
    expect(Math.abs((found[step] as number) - rate), `step ${step}: ${found[step]}, PyTorch ${rate}`).toBeLessThan(
      1e-9,
    );
  expect(found).toHaveLength(expected.length);
});
