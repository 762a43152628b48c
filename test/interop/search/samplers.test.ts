// Holds random search and the Parzen estimator against Debian's python3-optuna: what they find must not be worse.
import { spawnSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import { contest, type Match, pythonCommand } from "../../../bench/search/contest.js";
import { functions } from "../../../bench/search/functions.js";
import { mannWhitney, quantile } from "../../../bench/search/rank_test.js";

/** Seeds are fixed on both sides: the test fails when something changes, not by chance. */
const SEEDS = 12;
const TRIALS = 50;
/** A difference that equal samplers show in one comparison of a hundred, here or there. */
const CLEARLY = 0.01;
/** Rosenbrock's ten parameters would take Optuna longer than all others together. */
const tested = functions.filter(({ name }) => name !== "rosenbrock10");

let matches: Match[] = [];

beforeAll(async () => {
  const python = pythonCommand();
  if (spawnSync(python, ["-c", "import optuna"]).status !== 0)
    throw new Error(
      `${python} has no Optuna: install python3-optuna, or name a Python that has it in NETWRIGHT_PYTHON`,
    );
  const samplers = ["random", "multivariate", "univariate"];
  ({ matches } = await contest({ functions: tested, samplers, seeds: SEEDS, trials: TRIALS }));
}, 600_000);

test("every sampler ran on every function, with the same meaning in both languages", () => {
  expect(matches).toHaveLength(9);
  for (const { ours, optuna } of matches) expect([ours.best.length, optuna.best.length]).toEqual([SEEDS, SEEDS]);
});

test("Optuna finds neither clearly better values nor good ones clearly earlier", () => {
  const worse = matches.flatMap(({ function: name, sampler, ours, optuna, p }) =>
    (["best", "area"] as const)
      .filter((figure) => p[figure] < CLEARLY && quantile(ours[figure], 0.5) > quantile(optuna[figure], 0.5))
      .map((figure) => `${name}, ${sampler}, ${figure}: p = ${p[figure].toFixed(4)}`),
  );
  expect(worse).toEqual([]);
});

test("the same comparison tells the estimator from random search", () => {
  const best = (sampler: string): readonly number[] =>
    matches.find((match) => match.function === "hartmann6" && match.sampler === sampler)!.ours.best;
  expect(quantile(best("multivariate"), 0.5)).toBeLessThan(quantile(best("random"), 0.5));
  expect(mannWhitney(best("multivariate"), best("random"))).toBeLessThan(CLEARLY);
});
