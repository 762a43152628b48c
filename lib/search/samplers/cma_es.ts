// CMA-ES: a normal distribution that moves to where trials were good and takes the shape of the objective there.
import { RandomStream } from "../../data/random.js";
import { ArgumentError } from "../../errors.js";
import { knownOptions, wholeNumber } from "../../runtime/fit_options.js";
import { isSingle } from "../distribution.js";
import { hasFixedParameters, type Json, type StudyRecord, type TrialRecord } from "../record.js";
import {
  adapt,
  defaultPopulation,
  draw,
  initialState,
  type SearchState,
  type Solution,
} from "./covariance_adaptation.js";
import { randomValue } from "./random.js";
import type { Sampler } from "./sampler.js";
import { intersectionSearchSpace, type SearchSpace } from "./search_space.js";
import { type SeedOptions, seedOf } from "./seed.js";
import { fromUnit, toUnit } from "./transform.js";

export interface CmaEsOptions extends SeedOptions {
  /** Complete trials that are random before it begins. Default 1, the least: it shows which parameters there are. */
  readonly startupTrials?: number;
  /** Trials of a generation, at least 2. Default 4 + floor(3 ln n) for n parameters. */
  readonly population?: number;
  /** Learns from pruned trials too, by their last value. Default false. */
  readonly includePruned?: boolean;
}

/** Optuna's name. */
const GENERATION = "cma:generation";
/** Names of the parameters that were drawn together: a generation of other parameters is another search. */
const PARAMETERS = "cma:parameters";
/** Numbers of the trials that a new generation was made from, noted by its first trial. */
const PARENTS = "cma:parents";

/**
 * Covariance matrix adaptation with the defaults of N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772
 * (2016), for continuous parameters and ints, in the logarithm where they are scaled so; begins in the middle of the space
 * with a deviation of a sixth of it. Categorical parameters, and those that not every complete trial has with the same bounds,
 * are random. Good for more than a hundred trials of up to some dozen parameters that depend on each other.
 *
 * A trial notes its generation, the first of a generation also what it was made from: the distribution is recomputed from the
 * record. Workers in parallel finish more trials than a generation needs; the surplus is not learned from.
 * Throws ArgumentError for options that are none and for studies of several objectives.
 */
export function cmaEs(options: CmaEsOptions = {}): Sampler {
  knownOptions("cmaEs", options, ["seed", "startupTrials", "population", "includePruned"]);
  const { includePruned = false } = options;
  if (typeof includePruned !== "boolean")
    throw new ArgumentError(`cmaEs: includePruned must be true or false, found ${String(includePruned)}`);
  const startupTrials = wholeNumber("cmaEs: startupTrials", options.startupTrials ?? 1, 1);
  const population =
    options.population === undefined ? undefined : wholeNumber("cmaEs: population", options.population, 2);
  const seed = seedOf(options.seed, "cmaEs");
  const replay = new Replay();
  return {
    name: "cma-es",
    sampleTogether(study, trial) {
      if (study.directions.length !== 1)
        throw new ArgumentError(
          `cmaEs: the study has ${study.directions.length} objectives, CMA-ES is for one; use tpe() or random()`,
        );
      const learned = study.trials.filter(
        ({ state, values }) => (state === "complete" || (includePruned && state === "pruned")) && values !== undefined,
      );
      const space = continuousSpace(study.trials, includePruned);
      const names = Object.keys(space);
      // Enqueued parameters do not come from the distribution and would tear it apart.
      if (names.length === 0 || learned.length < startupTrials || hasFixedParameters(trial)) return {};

      const search = searchOf(study, learned, space);
      let state = replay.upTo(search);
      const parents = search.members.get(state.generation) ?? [];
      const wanted = population ?? defaultPopulation(names.length);
      if (parents.length >= wanted) {
        const chosen = parents.slice(0, wanted);
        trial.setSystemAttribute(
          PARENTS,
          chosen.map(({ number }) => number),
        );
        search.generations.push(chosen);
        state = replay.upTo(search);
      }
      trial.setSystemAttribute(GENERATION, state.generation);
      trial.setSystemAttribute(PARAMETERS, names);
      const point = draw(state, new RandomStream(seed, "cma-es", trial.number));
      return Object.fromEntries(
        names.map((name, i) => {
          const distribution = space[name] as SearchSpace[string];
          return [name, { distribution, value: fromUnit(distribution, point[i] as number) }];
        }),
      );
    },
    sample: (_, trial, name, distribution) => randomValue(seed, trial.number, name, distribution),
  };
}

function continuousSpace(trials: readonly TrialRecord[], includePruned: boolean): SearchSpace {
  const common = Object.entries(intersectionSearchSpace(trials, { includePruned }));
  return Object.fromEntries(
    common.filter(([, distribution]) => distribution.kind !== "categorical" && !isSingle(distribution)),
  );
}

/** What the record holds of one search. */
interface Search {
  readonly space: SearchSpace;
  readonly sign: number;
  /** Trials to learn from by generation. */
  readonly members: ReadonlyMap<number, readonly TrialRecord[]>;
  /** What each generation from the first on was made from. */
  readonly generations: (readonly TrialRecord[])[];
}

function searchOf({ trials, directions }: StudyRecord, learned: readonly TrialRecord[], space: SearchSpace): Search {
  const names = Object.keys(space);
  const byNumber = new Map(learned.map((trial) => [trial.number, trial]));
  const members = new Map<number, TrialRecord[]>();
  const generations: (readonly TrialRecord[])[] = [];
  for (const { number, systemAttributes } of trials) {
    if (!Object.hasOwn(systemAttributes, GENERATION)) continue;
    const { [GENERATION]: generation, [PARAMETERS]: drawn, [PARENTS]: parents } = systemAttributes;
    if (typeof generation !== "number" || !Array.isArray(drawn)) continue;
    if (drawn.length !== names.length || drawn.some((name, i) => name !== names[i])) continue;
    const finished = byNumber.get(number);
    if (finished !== undefined) {
      const others = members.get(generation);
      if (others === undefined) members.set(generation, [finished]);
      else others.push(finished);
    }
    // Two workers may have begun a generation at once: the first in the record counts.
    if (generation !== generations.length + 1 || !Array.isArray(parents)) continue;
    const known = (parents as Json[]).map((parent) => byNumber.get(parent as number));
    if (known.every((trial) => trial !== undefined)) generations.push(known);
  }
  return { space, sign: directions[0] === "minimize" ? 1 : -1, members, generations };
}

/** Recomputes the distribution; what it has computed before for the same trials it takes from memory. */
class Replay {
  private search = "";
  private known: { readonly parents: readonly TrialRecord[]; readonly state: SearchState }[] = [];

  upTo({ space, sign, generations }: Search): SearchState {
    const search = JSON.stringify([space, sign]);
    if (search !== this.search) this.known = [];
    this.search = search;
    let state = initialState(Object.keys(space).length);
    for (const [i, parents] of generations.entries()) {
      const known = this.known[i]?.parents;
      if (known?.length !== parents.length || known.some((trial, k) => trial !== parents[k])) {
        const solutions = parents.map((trial) => solutionOf(trial, space, sign));
        this.known.splice(i, Number.POSITIVE_INFINITY, { parents, state: adapt(state, solutions) });
      }
      state = (this.known[i] as { state: SearchState }).state;
    }
    return state;
  }
}

function solutionOf({ parameters, values }: TrialRecord, space: SearchSpace, sign: number): Solution {
  const point = Object.entries(space).map(([name, distribution]) => toUnit(distribution, parameters[name] ?? null));
  return { point, loss: sign * (values?.[0] ?? Number.NaN) };
}
