// What a search costs in time, told from a few short probes on this machine before it runs.
import { setImmediate as nextTurn } from "node:timers/promises";
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import { knownOptions, wholeNumber } from "../runtime/fit_options.js";

import { type Duration, milliseconds } from "./duration.js";
import { CostModel } from "./forecast/cost_model.js";
import { evenly, fixedPoint, type Grid, gridPoints, gridSize, type Point } from "./forecast/draws.js";
import { type Probe, probe } from "./forecast/probe.js";
import { comingTrials, type Estimate, estimate, gridEstimate } from "./forecast/totals.js";
import type { Clock } from "./forecast/training_cost.js";
import type { Objective } from "./optimize.js";
import type { Sampler } from "./samplers/sampler.js";
import type { Study } from "./study.js";
import { withThreadShare } from "./thread_share.js";

export type { Grid } from "./forecast/draws.js";
export { type Remaining, type RemainingOptions, remaining } from "./forecast/remaining.js";
export { forecastText, remainingText } from "./forecast/text.js";

export interface ForecastOptions {
  /** So many trials of the study's sampler, with its pruner. Default 100 when there is no `grid`. */
  readonly trials?: number;
  /** The whole grid of these values, by parameter name, without pruning. */
  readonly grid?: Grid;
  /** Trials beside each other, as for `optimize`. Default 1. */
  readonly parallel?: number;
  /** Exactly so many probes each of the trials and of the grid. Default: until the standard error of the total is below 8 %. */
  readonly probes?: number;
  /** No probe is begun after that time. Default `"20 s"`. */
  readonly budget?: Duration;
  /** Ends the probes; `forecast` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Times in milliseconds. */
export interface Forecast {
  readonly grid?: { readonly points: number; readonly milliseconds: number };
  readonly trials?: {
    readonly count: number;
    /** Name of the sampler. */
    readonly sampler: string;
    /** Name of the pruner, where it will end trials. */
    readonly pruner: string | undefined;
    readonly milliseconds: number;
    /** Holds the time four times of five. */
    readonly interval: readonly [low: number, high: number];
  };
  /** How often the objective was run for this. */
  readonly probes: number;
  /** What the figures do not say by themselves, in sentences; may be empty. */
  readonly note: string;
}

/** What is needed of a Study. */
export type ForecastStudy = Pick<Study, "record" | "sampler" | "pruner">;

const OPTIONS = ["trials", "grid", "parallel", "probes", "budget", "signal"];
const FEWEST_PROBES = 12;
const WANTED_STANDARD_ERROR = 0.08;

/**
 * Runs the objective for a few sets of parameters, none of which is recorded in the study. `trial.fit` trains only as long as it
 * takes to time an epoch and then ends the objective: what an objective does after its first `trial.fit` is not counted.
 * Objectives without it run as a whole. Probes run beside each other, with the threads that trials will have.
 *
 * With a pruner the figure comes from letting it decide about made-up learning curves, so it is rough until trials have run;
 * `remaining` tells from those. Throws ArgumentError for options that make no sense and when every probe fails.
 */
export async function forecast(
  study: ForecastStudy,
  objective: Objective,
  options: ForecastOptions,
  clock: Clock = () => performance.now(),
): Promise<Forecast> {
  const { trials, grid, parallel, probes, budget, signal } = checkOptions(objective, options);
  const shares = (trials === undefined ? 0 : 1) + (grid === undefined ? 0 : 1);
  const measure = (draw: Draw, most: number) =>
    takeProbes(study, objective, draw, { parallel, most, exactly: probes, budget: budget / shares, signal, clock });
  const notes = new Set<string>();
  let count = 0;
  let gridResult: Forecast["grid"];
  let trialResult: Forecast["trials"];
  if (grid !== undefined) {
    const points = gridSize(grid);
    const drawn = gridPoints(grid, Math.min(points, MOST_PROBES));
    const taken = await measure((i) => fixedPoint(drawn[i] as Point), drawn.length);
    count += taken.length;
    addNotes(notes, taken);
    gridResult = { points, milliseconds: gridEstimate(taken, grid, points, parallel) };
  }
  if (trials !== undefined) {
    const { sampler, pruner } = study;
    const known = KNOWN_BEFORE.includes(sampler.name);
    const taken = await measure(() => (known ? sampler : evenly), Math.min(trials, MOST_PROBES));
    count += taken.length;
    addNotes(notes, taken);
    const coming = comingTrials(study.record, taken, trials, known && sampler.name !== "grid" ? sampler : evenly);
    const result: Estimate = await estimate(study, pruner, taken, coming, {
      count: trials,
      parallel,
      known: known && sampler.name !== "grid",
      improves: !known,
      pause: nextTurn,
    });
    trialResult = {
      count: trials,
      sampler: sampler.name,
      pruner: result.pruned ? pruner.name : undefined,
      milliseconds: result.milliseconds,
      interval: result.interval,
    };
  }
  return {
    ...(gridResult && { grid: gridResult }),
    ...(trialResult && { trials: trialResult }),
    probes: count,
    note: [...notes].join(" "),
  };
}

/** Samplers whose coming proposals do not hang on how trials end. */
const KNOWN_BEFORE = ["random", "quasi-random", "grid"];
const MOST_PROBES = 100;

/** The sampler of probe `i`. */
type Draw = (i: number) => Sampler;

interface ProbingOptions {
  readonly parallel: number;
  readonly most: number;
  readonly exactly: number | undefined;
  readonly budget: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

async function takeProbes(
  study: ForecastStudy,
  objective: Objective,
  draw: Draw,
  { parallel, most, exactly, budget, signal, clock }: ProbingOptions,
): Promise<Probe[]> {
  const record = study.record;
  const first = record.trials.length;
  const run = (i: number) =>
    withThreadShare(parallel, () =>
      probe(objective, { study: record, sampler: draw(i), number: first + i, signal, clock }),
    );
  const begin = clock();
  const wanted = Math.min(most, exactly ?? most);
  const probes: Probe[] = [];
  let next = 0;
  const isOver = () => {
    if (next >= wanted) return true;
    if (exactly !== undefined || probes.length === 0) return false;
    if (clock() - begin >= budget) return true;
    if (probes.length < FEWEST_PROBES) return false;
    const { width, standardError } = new CostModel(probes);
    return probes.length >= 3 * width && standardError < WANTED_STANDARD_ERROR;
  };
  // The first one also loads and compiles what all others find ready; where that is cheap it is taken again.
  const cold = await run(0);
  if (clock() - begin > budget / 20) {
    probes.push(cold);
    next = 1;
  }
  const slot = async () => {
    while (!isOver()) probes.push(await run(next++));
  };
  await Promise.all(Array.from({ length: Math.min(parallel, wanted) }, slot));
  const failed = probes.filter(({ failure }) => failure !== undefined);
  if (failed.length === probes.length)
    throw new ArgumentError(
      `forecast: ${probes.length === 1 ? "the probe" : `all ${probes.length} probes`} failed, the last one because ${failed.at(-1)?.failure?.message}; put the objective right first`,
    );
  return probes;
}

function addNotes(notes: Set<string>, probes: readonly Probe[]): void {
  const failed = probes.filter(({ failure }) => failure !== undefined).length;
  if (probes.some(({ mayStopEarly }) => mayStopEarly))
    notes.add("Early stopping in fit is not counted: times are upper bounds.");
  if (failed > 0) notes.add(`${failed} of ${probes.length} probes failed; such trials count as long as they ran.`);
  if (probes.length < FEWEST_PROBES && probes.length > 0) {
    const { standardError } = new CostModel(probes);
    if (standardError > WANTED_STANDARD_ERROR)
      notes.add(`Times are rough: only ${probes.length} probe${probes.length === 1 ? "" : "s"}.`);
  }
}

function checkOptions(objective: unknown, options: ForecastOptions) {
  if (typeof objective !== "function")
    throw new ArgumentError(`forecast: expected a function of a trial, got ${valueText(objective)}`);
  knownOptions("forecast", options, OPTIONS);
  const { grid, signal, probes } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw new ArgumentError(`forecast: signal must be an AbortSignal, got ${valueText(signal)}`);
  const trials = options.trials ?? (grid === undefined ? 100 : undefined);
  return {
    grid,
    trials: trials === undefined ? undefined : wholeNumber("trials", trials, 1),
    parallel: wholeNumber("parallel", options.parallel ?? 1, 1),
    probes: probes === undefined ? undefined : wholeNumber("probes", probes, 1),
    budget: milliseconds("budget", options.budget ?? "20 s"),
    signal: signal ?? new AbortController().signal,
  };
}
