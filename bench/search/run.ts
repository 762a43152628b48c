// One study in memory, from a sampler and an objective: what both sides of a comparison have in common, and nothing more.
import {
  categoricalDistribution,
  contains,
  type Distribution,
  floatDistribution,
  intDistribution,
  isSingle,
  type ParameterValue,
  sameDistribution,
} from "../../lib/search/distribution.js";
import type { Json, LiveTrial, TrialRecord } from "../../lib/search/record.js";
import type { Sampler } from "../../lib/search/samplers/sampler.js";
import type { Suggest } from "./functions.js";

/** Trials of a study that is minimized, in order; the objective's value is recorded as it is. */
export function runTrials(sampler: Sampler, objective: (trial: Suggest) => number, count: number): TrialRecord[] {
  const trials: TrialRecord[] = [];
  for (let number = 0; number < count; number++) {
    const parameters: Record<string, ParameterValue> = {};
    const distributions: Record<string, Distribution> = {};
    const systemAttributes: Record<string, Json> = {};
    const live: LiveTrial = {
      id: number,
      number,
      state: "running",
      values: undefined,
      parameters,
      distributions,
      reports: new Map(),
      userAttributes: {},
      systemAttributes,
      startedAt: new Date(0),
      endedAt: undefined,
      setSystemAttribute: (name, value) => {
        systemAttributes[name] = value;
      },
    };
    const study = {
      name: "comparison",
      directions: ["minimize"] as const,
      trials: [...trials, live],
      userAttributes: {},
      systemAttributes: {},
    };
    const together = sampler.sampleTogether?.(study, live) ?? {};
    const suggest = (name: string, distribution: Distribution): ParameterValue => {
      const proposed = together[name];
      let value: ParameterValue;
      if (isSingle(distribution))
        value = distribution.kind === "categorical" ? (distribution.choices[0] as ParameterValue) : distribution.low;
      else if (proposed !== undefined && sameDistribution(proposed.distribution, distribution)) value = proposed.value;
      else value = sampler.sample(study, live, name, distribution);
      if (!contains(distribution, value)) throw new Error(`${sampler.name} proposed ${value} for ${name}`);
      parameters[name] = value;
      distributions[name] = distribution;
      return value;
    };
    const value = objective({
      float: (name, low, high, options) => suggest(name, floatDistribution(name, low, high, options)) as number,
      int: (name, low, high) => suggest(name, intDistribution(name, low, high)) as number,
      categorical: <T extends ParameterValue>(name: string, choices: readonly T[]) =>
        suggest(name, categoricalDistribution(name, choices)) as T,
    });
    const { setSystemAttribute: _, ...record } = live;
    trials.push({ ...record, state: "complete", values: [value], endedAt: new Date(0) });
  }
  return trials;
}

/** The best value so far, after each trial. */
export function bestSoFar(values: readonly number[]): number[] {
  let best = Number.POSITIVE_INFINITY;
  return values.map((value) => {
    best = Math.min(best, value);
    return best;
  });
}
