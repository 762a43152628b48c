// Totals of a search from its probes: of a whole grid, and of a number of trials with or without pruning.
import { RandomStream } from "../../data/random.js";
import { contains, type Distribution, isSingle, type ParameterValue } from "../distribution.js";
import type { Pruner } from "../pruners/pruner.js";
import type { LiveTrial, StudyRecord } from "../record.js";
import type { Sampler } from "../samplers/sampler.js";
import { CostModel, sum } from "./cost_model.js";
import { type Grid, gridPoints, type Point } from "./draws.js";
import type { Probe } from "./probe.js";
import { prunedCosts, type WholeTrial } from "./pruning.js";
import { together } from "./slots.js";

export interface Estimate {
  readonly milliseconds: number;
  /** Holds the time four times of five. */
  readonly interval: readonly [low: number, high: number];
  readonly pruned: boolean;
}

/** More points than these are told by their mean. */
const MOST_POINTS = 5000;
/** Made-up trials of a study: what pruning leaves settles long before. */
const MOST_MADE_UP = 80;
const REPLICATES = 40;
/** Quantile of made-up studies: further out than a tenth, because real ones differ in more than what is made up. */
const LOW = 0.05;
/** Of the normal distribution, four times of five within. */
const QUANTILE = 1.2816;

/** Milliseconds of all points of a grid; those that were probed count as measured. */
export function gridEstimate(probes: readonly Probe[], grid: Grid, points: number, parallel: number): number {
  const drawn = gridPoints(grid, Math.min(points, MOST_POINTS));
  return scaledTogether(costsOf(new CostModel(probes), probes, drawn), points, parallel);
}

/** Milliseconds of the points: as measured where they were probed, else as predicted. */
function costsOf(model: CostModel, probes: readonly Probe[], points: readonly Point[]): number[] {
  const names = Object.keys(points[0] ?? {});
  const key = (point: Point) => JSON.stringify(names.map((name) => point[name] ?? null));
  const measured = new Map(probes.map(({ parameters, milliseconds }) => [key(parameters), milliseconds]));
  return points.map((point) => measured.get(key(point)) ?? model.predict(point));
}

/**
 * The parameters of the next `count` trials, as far as all probes have them in common: exactly those to come where the
 * sampler's proposals follow from trial numbers alone, else such as they might be.
 */
export function comingTrials(study: StudyRecord, probes: readonly Probe[], count: number, sampler: Sampler): Point[] {
  const [first] = probes;
  const space: [string, Distribution][] = Object.entries(first?.distributions ?? {}).filter(([name]) =>
    probes.every(({ parameters }) => Object.hasOwn(parameters, name)),
  );
  return Array.from({ length: Math.min(count, MOST_POINTS) }, (_, i) => {
    const parameters: Record<string, ParameterValue> = {};
    const trial: LiveTrial = {
      id: Number.MAX_SAFE_INTEGER,
      number: study.trials.length + i,
      state: "running",
      values: undefined,
      parameters,
      distributions: Object.fromEntries(space),
      reports: new Map(),
      userAttributes: {},
      systemAttributes: {},
      startedAt: undefined,
      endedAt: undefined,
      setSystemAttribute: () => {},
    };
    for (const [name, distribution] of space) {
      const probed = first?.parameters[name] as ParameterValue;
      const value = isSingle(distribution) ? probed : sampler.sample(study, trial, name, distribution);
      parameters[name] = contains(distribution, value) ? value : probed;
    }
    return parameters;
  });
}

export interface EstimateOptions {
  readonly count: number;
  readonly parallel: number;
  /** True when `coming` are the parameters that the trials will have; false for such as they might have. */
  readonly known: boolean;
  /** True for a sampler that learns from the trials. */
  readonly improves: boolean;
  /** Awaited now and then, for whoever else needs this thread. */
  readonly pause: () => Promise<unknown>;
}

/** Milliseconds of `count` trials; `coming` are their parameters, or those of the first of them. */
export async function estimate(
  { record }: { readonly record: StudyRecord },
  pruner: Pruner,
  probes: readonly Probe[],
  coming: readonly Point[],
  { count, parallel, known, improves, pause }: EstimateOptions,
): Promise<Estimate> {
  const model = new CostModel(probes);
  const error = model.standardError * Math.sqrt(Math.max(0, 1 - probes.length / count));
  const predicted = known ? costsOf(model, probes, coming) : coming.map((point) => model.predict(point));
  const steps = Math.round(sum(probes.map((each) => each.steps)) / probes.length);
  const mayPrune = record.directions.length === 1 && pruner.name !== "none" && steps > 1;
  if (!mayPrune) {
    const milliseconds = scaledTogether(predicted, count, parallel);
    // The trials to come scatter about their predictions, the predictions about the truth.
    const single = model.standardError * Math.sqrt(probes.length);
    const scatter = Math.hypot(Math.min(single, 1), known ? 0 : variation(predicted)) / Math.sqrt(count);
    const width = QUANTILE * Math.hypot(Math.min(error, 1), scatter);
    return { milliseconds, interval: [milliseconds * Math.exp(-width), milliseconds * Math.exp(width)], pruned: false };
  }
  const setup = sum(probes.map((each) => each.setup)) / sum(probes.map((each) => each.milliseconds));
  const whole = predicted
    .slice(0, MOST_MADE_UP)
    .map((milliseconds): WholeTrial => ({ milliseconds, setup: setup * milliseconds, steps }));
  const totals: number[] = [];
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const random = new RandomStream(replicate, "forecast.total");
    const drawn = known ? whole : whole.map(() => whole[random.below(whole.length)]!);
    const scattered = drawn.map((trial) => ({
      ...trial,
      milliseconds: trial.milliseconds * logarithmic(random, model.spread),
    }));
    const costs = prunedCosts(pruner, record.directions, scattered, replicate, improves);
    const settled = costs.slice(Math.floor(costs.length / 2));
    const rest = ((count - costs.length) * sum(settled)) / settled.length / parallel;
    totals.push((together(costs, parallel) + rest) * logarithmic(random, Math.min(error, 1)));
    await pause();
  }
  totals.sort((a, b) => a - b);
  const at = (share: number) => totals[Math.round(share * (totals.length - 1))] as number;
  return { milliseconds: at(0.5), interval: [at(LOW), at(1 - LOW)], pruned: true };
}

/** Standard deviation as a share of the mean. */
function variation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) / mean;
}

/** A factor about 1 with that relative standard deviation, its mean 1. */
function logarithmic(random: RandomStream, deviation: number): number {
  const variance = Math.log1p(deviation ** 2);
  return Math.exp(Math.sqrt(variance) * random.normal() - variance / 2);
}

/** Time of `count` trials of which the first, or as many that are like all, cost `costs`. */
function scaledTogether(costs: readonly number[], count: number, parallel: number): number {
  return together(costs, parallel) + ((count - costs.length) * sum(costs)) / costs.length / parallel;
}
