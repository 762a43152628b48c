// Trials that a caller runs himself, objectives, and the best trial handed out again.
import { describe, expect, test } from "vitest";
import { failureOf } from "../../../lib/search/outcome.js";
import { random } from "../../../lib/search/samplers/index.js";
import type { Trial } from "../../../lib/search/trial.js";
import { file, made, parabola } from "./made_study.js";

describe("ask, tell and enqueue", () => {
  test("a caller runs trials himself", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }), direction: "maximize" });
    const trial = await study.ask();
    const x = trial.float("x", 0, 1);
    expect(await study.tell(trial, x)).toBe(true);
    expect(await study.tell(trial, 7)).toBe(false);
    expect(study.best).toMatchObject({ number: 0, value: x, parameters: { x } });
    const second = await study.ask();
    await study.tell(second.number, "failed");
    const third = await study.ask();
    await third.report(1, 1);
    await study.tell(third, "pruned");
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "failed", "pruned"]);
    await expect(study.tell(9, 1)).rejects.toThrow(/no trial 9; it has 3/);
  });

  test("a trial that was asked for elsewhere can be told, one that waits cannot", async () => {
    const [here, elsewhere] = [await made(file()), await made(file())];
    const trial = await here.ask();
    expect(await elsewhere.tell(trial.number, 3)).toBe(true);
    await here.enqueue({ x: 1 });
    await expect(here.tell(1, 3)).rejects.toThrow(/trial 1 .* waits to be begun/);
    expect(here.trials.map(({ state }) => state)).toEqual(["complete", "waiting"]);
  });

  test("thousands of trials are enqueued in time proportional to their number, nearly", async () => {
    const study = await made();
    const begin = performance.now();
    for (let x = 0; x < 1500; x++) await study.enqueue({ x, y: 1, z: "a" });
    await study.enqueue({ z: "a", y: 1, x: 3 });
    expect(study.trials.length).toBe(1500);
    expect(performance.now() - begin).toBeLessThan(4000);
  });

  test("what is enqueued comes first, once, with the rest sampled", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    await study.enqueue({ x: 2 });
    await study.enqueue({ x: 2 });
    await study.enqueue({ x: -1 });
    await study.optimize((trial) => parabola(trial) + trial.int("n", 0, 3), { trials: 3 });
    expect(study.trials.length).toBe(3);
    expect(study.trials.map(({ parameters }) => parameters.x).slice(0, 2)).toEqual([2, -1]);
    await study.enqueue({ x: 99 });
    await study.optimize(parabola, { trials: 1 });
    expect(failureOf(study.trials[3]!)?.message).toMatch(/value 99 that was enqueued is not one of float -5 to 5/);
  });
});

test("several objectives have a front and no best trial", async () => {
  const study = await made(undefined, { directions: ["maximize", "minimize"], sampler: random({ seed: 1 }) });
  await study.optimize(
    (trial) => {
      const size = trial.int("size", 1, 8);
      return [size === 3 ? 0 : size, size];
    },
    { trials: 40 },
  );
  const sizes = new Set(study.paretoFront.map(({ parameters }) => parameters.size));
  expect(sizes).toEqual(new Set([1, 2, 4, 5, 6, 7, 8]));
  expect(() => study.best).toThrow(/2 objectives and no single best trial/);
});

test("the best trial's parameters are handed out again", async () => {
  const study = await made(undefined, { sampler: random({ seed: 1 }) });
  const build = (trial: Pick<Trial, "float" | "categorical">) => [
    trial.float("x", -5, 5),
    trial.categorical("c", ["a", "b"]),
  ];
  await study.optimize((trial) => ((build(trial)[0] as number) - 2) ** 2, { trials: 20 });
  expect(build(study.best.replay())).toEqual([study.best.parameters.x, study.best.parameters.c]);
  expect(() => study.best.replay().int("depth", 1, 2)).toThrow(
    /trial \d+ of study "study" has no parameter "depth"; it has x, c/,
  );
});
