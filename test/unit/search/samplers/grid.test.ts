// A grid is walked through once, by one worker or several, in Optuna's order and with its notes.
import { expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { type GridSpace, grid } from "../../../../lib/search/samplers/index.js";
import { MersenneTwister } from "../../../../lib/search/samplers/mersenne_twister.js";
import type { Pruner } from "../../../../lib/search/pruners/index.js";
import { createStudy } from "../../../../lib/search/study.js";
import { PretendStudy, type PretendTrial } from "../pretend_study.js";

const space = { units: [8, 16, 32], optimizer: ["sgd", "adam"], flag: [true, false, null] } as const;
const points = 18;

const objective = (trial: PretendTrial): number => {
  trial.categorical("optimizer", space.optimizer);
  trial.categorical("flag", space.flag);
  return trial.int("units", 1, 64);
};
const tried = ({ record }: PretendStudy): string[] =>
  record.trials
    .filter(({ state }) => state !== "waiting")
    .map(({ parameters: { units, optimizer, flag } }) => JSON.stringify([units, optimizer, flag]));

test("every point once, and then it is exhausted", () => {
  const study = new PretendStudy();
  for (let trial = 0; trial < points; trial++) {
    expect(grid(space).isExhausted?.(study.record)).toBe(false);
    study.run(grid(space), objective, 1);
  }
  expect(new Set(tried(study)).size).toBe(points);
  expect(grid(space).isExhausted?.(study.record)).toBe(true);
});

test("several workers, also among trials of others and enqueued ones, try every point once", () => {
  const study = new PretendStudy().run(undefined, () => 1, 5);
  study.enqueue({ units: 64, optimizer: "sgd", flag: true });
  study.enqueue({ units: 8 });
  const running: PretendTrial[] = [];
  for (let asked = 0; asked < points + 2; asked++) {
    const trial = study.ask(grid(space));
    objective(trial);
    running.push(trial);
    if (asked % 3 === 2) for (const done of running.splice(0).reverse()) study.tell(done, 1);
  }
  for (const done of running) study.tell(done, 1);
  const own = study.record.trials.filter(({ systemAttributes }) => "grid_id" in systemAttributes);
  expect(own.length).toBe(points);
  expect(
    new Set(
      own.map(({ parameters }) => JSON.stringify([parameters.units, parameters.optimizer, parameters.flag])).values(),
    ).size,
  ).toBe(points);
  expect(grid(space).isExhausted?.(study.record)).toBe(true);
});

test("workers that have not chosen yet when others do leave them their points", () => {
  const study = new PretendStudy().run(undefined, () => 1, points);
  // Began before, has not noted its point yet.
  study.add({ systemAttributes: {} });
  const [first, second] = [study.ask(grid(space)), study.ask(grid(space))];
  expect(first.live.systemAttributes.grid_id).toBe(1);
  expect(second.live.systemAttributes.grid_id).toBe(2);
});

test("a trial that is tried again after a kill keeps its point, and the grid waits for it", () => {
  const study = new PretendStudy();
  const killed = study.ask(grid(space));
  study.tell(killed, "failed");
  study.run(grid(space), objective, points - 1);
  expect(grid(space).isExhausted?.(study.record)).toBe(true);
  study.add({ state: "waiting", systemAttributes: killed.live.systemAttributes });
  expect(grid(space).isExhausted?.(study.record)).toBe(false);
  study.run(grid(space), objective, 1);
  expect(new Set(tried(study).slice(1)).size).toBe(points);
});

test("a pruner that shows only a part of the trials does not make it try points twice", async () => {
  const pruner: Pruner = { name: "shows nothing", prune: () => false, relevantTrials: () => [] };
  const study = await createStudy(undefined, { sampler: grid({ x: [1, 2, 3, 4, 5, 6] }), pruner });
  await study.enqueue({ x: 10 });
  await study.enqueue({ x: 11 });
  await study.enqueue({ x: 12 });
  await study.optimize((trial) => trial.int("x", 1, 20), { trials: 30 });
  const found = study.trials.map(({ parameters }) => parameters.x as number);
  expect(found.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 10, 11, 12]);
  await study.close();
});

test("the order is the one that Optuna 4 has for the seed, whose default is 0", () => {
  // numpy.random.RandomState(seed).shuffle of a list.
  expect([...new MersenneTwister(0).permutation(12)]).toEqual([6, 11, 4, 10, 2, 8, 1, 7, 9, 3, 0, 5]);
  expect([...new MersenneTwister(123456789).permutation(1500).slice(0, 8)]).toEqual([
    1179, 1121, 1021, 1475, 344, 1402, 12, 250,
  ]);
  const study = new PretendStudy().run(
    grid({ b: [1, 2, 3, 4, 5, 6], a: ["x", "y"] }),
    (trial) => {
      trial.categorical("a", ["x", "y"]);
      return trial.int("b", 1, 6);
    },
    3,
  );
  const product = ["x", "y"].flatMap((a) => [1, 2, 3, 4, 5, 6].map((b) => ({ a, b })));
  expect(study.record.trials.map(({ parameters }) => parameters)).toEqual([product[6], product[11], product[4]]);
  expect(study.record.trials[1]?.systemAttributes).toEqual({
    search_space: { a: ["x", "y"], b: [1, 2, 3, 4, 5, 6] },
    grid_id: 1,
  });
});

test("points that Optuna 3 tried, which numbers them unshuffled, are known by their parameters", () => {
  const study = new PretendStudy();
  const noted = { search_space: { x: [1, 2, 3] }, grid_id: 0 };
  study.add({ state: "complete", values: [1], parameters: { x: 1 }, systemAttributes: noted });
  const walk = (count: number) => study.run(grid({ x: [1, 2, 3] }), (trial) => trial.int("x", 1, 3), count);
  walk(2);
  expect(study.record.trials.map(({ parameters }) => parameters.x).sort()).toEqual([1, 2, 3]);
});

test("trials of another grid count for nothing", () => {
  const study = new PretendStudy().run(grid({ x: [1, 2] }), (trial) => trial.int("x", 1, 9), 2);
  expect(grid({ x: [1, 3] }).isExhausted?.(study.record)).toBe(false);
});

test("what the grid does not have, or the distribution does not hold, is said", () => {
  const ask = (objective: (trial: PretendTrial) => number) => () =>
    new PretendStudy().run(grid({ x: [1, 20] }), objective, 2);
  expect(ask((trial) => trial.float("y", 0, 1))).toThrow(/parameter "y" is not in the grid, which has x/);
  expect(ask((trial) => trial.int("x", 1, 9))).toThrow(/parameter "x" has the value 20 in the grid/);
});

test.each<[unknown, object?]>([
  [{}],
  [null],
  [{ x: [] }],
  [{ x: 3 }],
  [{ x: [1, 1] }],
  [{ x: [Number.NaN] }],
  [{ x: [[1]] }],
  [{ x: [1] }, { seed: 2 ** 32 }],
  [{ x: [1] }, { sed: 2 }],
  [Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`x${i}`, [1, 2]]))],
])("refuses %o", (given, options) => {
  expect(() => grid(given as GridSpace, options)).toThrow(ArgumentError);
});
