// Runs the same samplers here and in Optuna, and compares what they found.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { PretendStudy } from "../../lib/search/conformance/pretend_study.js";
import type { Sampler } from "../../lib/search/samplers/sampler.js";

import { cmaEs } from "../../lib/search/samplers/cma_es.js";
import { random } from "../../lib/search/samplers/random.js";
import { tpe } from "../../lib/search/samplers/tpe.js";
import type { Suggest, TestFunction } from "./functions.js";
import { mannWhitney } from "./rank_test.js";

/** Both sides with the same settings, by the name that optuna_samplers.py has for them. */
export const samplers: Readonly<Record<string, (seed: number) => Sampler>> = {
  random: (seed) => random({ seed }),
  cmaEs: (seed) => cmaEs({ seed }),
  multivariate: (seed) => tpe({ seed }),
  univariate: (seed) => tpe({ seed, multivariate: false }),
};

export interface ContestOptions {
  readonly functions: readonly TestFunction[];
  /** Keys of `samplers`. */
  readonly samplers: readonly string[];
  /** Runs of each sampler on each function, with seeds from 0. */
  readonly seeds: number;
  /** Of each run. */
  readonly trials: number;
}

/** One figure of each run, by seed. */
export interface Figures {
  /** Best value of all trials. */
  readonly best: readonly number[];
  /** Mean over the trials of the best value so far: the area under that curve by trial. */
  readonly area: readonly number[];
}

export interface Match {
  readonly function: string;
  readonly sampler: string;
  readonly ours: Figures;
  readonly optuna: Figures;
  /** Two-sided, of the best values and of the areas: small when one of both is better. */
  readonly p: { readonly best: number; readonly area: number };
}

interface OptunaRun {
  readonly function: string;
  readonly sampler: string;
  readonly version: string;
  readonly values: readonly number[];
  readonly best: Readonly<Record<string, number | string>>;
}

/** Matches in the order of functions and samplers, and Optuna's version. */
export async function contest(options: ContestOptions): Promise<{ matches: Match[]; version: string }> {
  const theirs = await optunaRuns(options);
  const matches: Match[] = [];
  for (const tested of options.functions)
    for (const sampler of options.samplers) {
      const runs = theirs.filter((run) => run.function === tested.name && run.sampler === sampler);
      for (const run of runs) checkSameFunction(tested, run);
      const optuna = figuresOf(runs.map(({ values }) => values));
      const ours = figuresOf(
        Array.from({ length: options.seeds }, (_, seed) => {
          const study = new PretendStudy().run(samplers[sampler]!(seed), tested.objective, options.trials);
          return study.record.trials.map(({ values }) => values![0]!);
        }),
      );
      const p = { best: mannWhitney(ours.best, optuna.best), area: mannWhitney(ours.area, optuna.area) };
      matches.push({ function: tested.name, sampler, ours, optuna, p });
    }
  return { matches, version: theirs[0]?.version ?? "unknown" };
}

function figuresOf(runs: readonly (readonly number[])[]): Figures {
  const curves = runs.map(bestSoFar);
  return {
    best: curves.map((curve) => curve.at(-1)!),
    area: curves.map((curve) => curve.reduce((sum, best) => sum + best, 0) / curve.length),
  };
}

/** The best value so far, after each trial. */
function bestSoFar(values: readonly number[]): number[] {
  let best = Number.POSITIVE_INFINITY;
  return values.map((value) => {
    best = Math.min(best, value);
    return best;
  });
}

/** Both languages must mean the same function: their best point has the same value here. */
function checkSameFunction({ name, objective }: TestFunction, { best, values }: OptunaRun): void {
  const given = (parameter: string): never => best[parameter] as never;
  const trial: Suggest = { float: given, int: given, categorical: given };
  const here = objective(trial);
  const there = Math.min(...values);
  if (!(Math.abs(here - there) <= 1e-9 * Math.max(1, Math.abs(there))))
    throw new Error(`${name} is ${here} here and ${there} in optuna_samplers.py at ${JSON.stringify(best)}`);
}

/** Debian's Optuna belongs to the system's Python, which need not be the first on the path. */
export function pythonCommand(): string {
  return process.env.NETWRIGHT_PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
}

async function optunaRuns({ functions: tested, samplers: names, seeds, trials }: ContestOptions): Promise<OptunaRun[]> {
  const script = path.join(import.meta.dirname, "optuna_samplers.py");
  const child = spawn(pythonCommand(), [script], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  let complaint = "";
  child.stderr.on("data", (data) => {
    complaint += data;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  child.stdin.end(
    JSON.stringify({
      functions: tested.map(({ name }) => name),
      samplers: names,
      seeds: Array.from({ length: seeds }, (_, seed) => seed),
      trials,
    }),
  );
  const runs: OptunaRun[] = [];
  for await (const line of createInterface({ input: child.stdout })) runs.push(JSON.parse(line) as OptunaRun);
  if ((await ended) !== 0)
    throw new Error(
      `Optuna did not run with ${pythonCommand()}: install python3-optuna, or name a Python that has Optuna in NETWRIGHT_PYTHON\n${complaint}`,
    );
  return runs;
}
