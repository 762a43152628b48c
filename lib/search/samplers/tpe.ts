// The tree-structured Parzen estimator: proposes what is likelier among good trials than among the others.
import { RandomStream } from "../../data/random.js";
import { ArgumentError } from "../../errors.js";
import { valueText } from "../../options.js";
import { type Distribution, fromInternal, isSingle, type ParameterValue } from "../distribution.js";
import type { LiveTrial, StudyRecord } from "../record.js";
import { randomValue } from "./random.js";
import type { Sampler } from "./sampler.js";
import { groupedSearchSpaces, intersectionSearchSpace, type SearchSpace } from "./search_space.js";
import { observedPoints, rememberTogether } from "./tpe/observations.js";
import { type TpeOptions, type TpeSettings, tpeSettings } from "./tpe/options.js";
import { ParzenEstimator, rampedWeights } from "./tpe/parzen.js";
import { defaultGoodCount, informativeTrials, type SplitTrials, splitTrials } from "./tpe/split.js";

export type { TpeOptions } from "./tpe/options.js";

/**
 * Learns from finished trials: estimates the density of parameters among the good ones and among the others, draws candidates
 * from the first and proposes the one with the largest ratio of both (Bergstra et al. 2011, "Algorithms for hyper-parameter
 * optimization"; Watanabe 2023, "Tree-structured Parzen estimator: understanding its algorithm components"). The first
 * `startupTrials` proposals are random.
 *
 * Parameters are estimated together, in groups that appear together; and `multivariate: false` estimates each by itself, as
 * Optuna's versions before 5 do by default. Densities and bandwidths are those of Optuna 5.
 * Pruned trials count, later ones above earlier ones; failed ones do not. With several objectives good trials are those that
 * few others dominate (Ozaki et al. 2022, "Multiobjective tree-structured Parzen estimator"), all with the same weight.
 *
 * Throws ArgumentError for options that cannot be used.
 */
export function tpe(options: TpeOptions = {}): Sampler {
  return new TpeSampler(tpeSettings(options));
}

class TpeSampler implements Sampler {
  readonly name = "tpe";

  constructor(private readonly settings: TpeSettings) {}

  sampleTogether(
    study: StudyRecord,
    trial: LiveTrial,
  ): Record<string, { distribution: Distribution; value: ParameterValue }> {
    if (!this.settings.multivariate) return {};
    const split = this.split(study, trial);
    if (split === undefined) return {};
    const counted = { includePruned: true };
    const spaces = this.settings.group
      ? groupedSearchSpaces(study.trials, counted)
      : [intersectionSearchSpace(study.trials, counted)];
    const proposals: Record<string, { distribution: Distribution; value: ParameterValue }> = {};
    for (const whole of spaces) {
      const space = Object.fromEntries(Object.entries(whole).filter(([, distribution]) => !isSingle(distribution)));
      for (const [name, value] of Object.entries(this.propose(study, trial, space, split)))
        proposals[name] = { distribution: space[name] as Distribution, value };
    }
    if (this.settings.constantLiar && Object.keys(proposals).length > 0)
      rememberTogether(trial, Object.fromEntries(Object.entries(proposals).map(([name, { value }]) => [name, value])));
    return proposals;
  }

  sample(study: StudyRecord, trial: LiveTrial, name: string, distribution: Distribution): ParameterValue {
    const split = this.split(study, trial);
    if (split !== undefined) return this.propose(study, trial, { [name]: distribution }, split)[name] as ParameterValue;
    return randomValue(this.settings.seed, trial.number, name, distribution);
  }

  /** Undefined as long as there are too few finished trials. */
  private split(study: StudyRecord, trial: LiveTrial): SplitTrials | undefined {
    const { startupTrials, constantLiar } = this.settings;
    const finished = informativeTrials(study);
    if (finished.length < startupTrials || finished.length === 0) return undefined;
    const { better, worse } = splitTrials(study.directions, finished, this.goodCount(study, finished.length));
    if (!constantLiar) return { better, worse };
    const running = study.trials.filter(({ state, number }) => state === "running" && number !== trial.number);
    return { better, worse: [...worse, ...running].sort((a, b) => a.number - b.number) };
  }

  private goodCount({ directions }: StudyRecord, finished: number): number {
    const { gamma } = this.settings;
    if (gamma === undefined) return defaultGoodCount(directions.length, finished);
    const count = gamma(finished);
    if (!Number.isInteger(count) || count < 0)
      throw new ArgumentError(
        `tpe: gamma must return a whole number of at least 0, got ${valueText(count)} for ${finished} finished trials`,
      );
    return count;
  }

  private propose(
    { directions }: StudyRecord,
    trial: LiveTrial,
    space: SearchSpace,
    { better, worse }: SplitTrials,
  ): Record<string, ParameterValue> {
    const names = Object.keys(space);
    if (names.length === 0) return {};
    const distributions = Object.values(space);
    const goodPoints = observedPoints(space, better);
    const otherPoints = observedPoints(space, worse);
    const goodWeights = directions.length === 1 ? rampedWeights(goodPoints.length) : goodPoints.map(() => 1);
    const good = new ParzenEstimator(distributions, goodPoints, goodWeights, this.settings);
    const others = new ParzenEstimator(distributions, otherPoints, rampedWeights(otherPoints.length), this.settings);
    const random = new RandomStream(this.settings.seed, `tpe ${names.join(" ")}`, trial.number);
    let best: readonly number[] = [];
    let mostPromising = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.settings.candidates; i++) {
      const candidate = good.sample(random);
      const promise = good.logDensity(candidate) - others.logDensity(candidate);
      if (i > 0 && !(promise > mostPromising)) continue;
      best = candidate;
      mostPromising = promise;
    }
    return Object.fromEntries(
      names.map((name, i) => [name, fromInternal(distributions[i] as Distribution, best[i] as number)]),
    );
  }
}
