// Grid search: every combination of given values, each once.
import { checkSeed, RandomStream } from "../../data/random.js";
import { ArgumentError } from "../../errors.js";
import { deepFreeze, valueText } from "../../options.js";
import { knownOptions } from "../../runtime/fit_options.js";
import { type Choice, contains, type ParameterValue } from "../distribution.js";
import { hasFixedParameters, isFinished, type Json, type StudyRecord, type TrialRecord } from "../record.js";
import { MersenneTwister } from "./mersenne_twister.js";
import type { Sampler } from "./sampler.js";

/** Values to try, by parameter name. */
export type GridSpace = Readonly<Record<string, readonly Choice[]>>;

export interface GridOptions {
  /** Decides the order of points; all workers of a study need the same. Below 2^32. Default 0, as in Optuna. */
  readonly seed?: number;
}

const MOST_POINTS = 10_000_000;

/**
 * Every point of the grid once, in an order shuffled so that a study that is ended early has seen all of the space. Which
 * points are taken is read from the trials: a point counts as done when a trial that had it is finished in whatever state,
 * as being tried while one is running. Names of system attributes, numbering of points and order are those of Optuna 4.
 * Enqueued trials take no point: what they leave open is drawn from the grid's values.
 *
 * Throws ArgumentError for a space that is no grid, and when the objective asks for a parameter that is not in it or whose
 * distribution does not hold the grid's value.
 */
export function grid(space: GridSpace, options: GridOptions = {}): Sampler {
  knownOptions("grid", options, ["seed"]);
  const seed = checkSeed(options.seed ?? 0, "grid");
  if (seed >= 2 ** 32) throw new ArgumentError(`grid: seed must be below 2^32, found ${seed}`);
  const points = new GridPoints(checkSpace(space), seed);
  return {
    name: "grid",
    needsAllTrials: true,
    sampleTogether(study, trial) {
      if (isUndecided(trial)) {
        trial.setSystemAttribute("search_space", points.space as unknown as Json);
        trial.setSystemAttribute("grid_id", points.choose(study, trial));
      }
      return {};
    },
    sample(_, trial, name, distribution) {
      if (!Object.hasOwn(points.space, name))
        throw new ArgumentError(
          `grid: parameter "${name}" is not in the grid, which has ${Object.keys(points.space).join(", ")}; give its values`,
        );
      const values = points.space[name] as readonly Choice[];
      const id = points.idOf(trial);
      const value =
        id === undefined
          ? values[new RandomStream(seed, `grid ${name}`, trial.number).below(values.length)]
          : points.value(id, name);
      if (!contains(distribution, value))
        throw new ArgumentError(
          `grid: parameter "${name}" has the value ${valueText(value)} in the grid, which its distribution does not ` +
            `hold: ${valueText(distribution)}; change one of them`,
        );
      return value;
    },
    isExhausted: (study) => points.isExhausted(study),
  };
}

/** The points by number, and which of them a study has taken. */
class GridPoints {
  /** Ordered by name. */
  readonly space: GridSpace;
  private readonly count: number;
  private readonly order: Int32Array;
  private readonly places: ReadonlyMap<string, ReadonlyMap<ParameterValue, number>>;
  /** Spaces that trials note, and whether they are this one: compared once each. */
  private readonly compared = new WeakMap<object, boolean>();

  constructor(space: GridSpace, seed: number) {
    this.space = space;
    const lists = Object.entries(space);
    this.count = lists.reduce((product, [, values]) => product * values.length, 1);
    if (this.count > MOST_POINTS)
      throw new ArgumentError(
        `grid: ${this.count} points are more than ${MOST_POINTS}; take fewer values, or random search`,
      );
    this.order = new MersenneTwister(seed).permutation(this.count);
    this.places = new Map(lists.map(([name, values]) => [name, new Map(values.map((value, i) => [value, i]))]));
  }

  /** A parameter's value at a point; the last parameter by name changes fastest in the unshuffled numbering. */
  value(id: number, name: string): ParameterValue {
    let place = this.order[id] as number;
    for (const [other, values] of Object.entries(this.space).reverse()) {
      if (other === name) return values[place % values.length] as ParameterValue;
      place = Math.floor(place / values.length);
    }
    return null;
  }

  /** The point that a trial was given here or, by its parameters, has; undefined for trials outside of the grid. */
  idOf({ systemAttributes }: TrialRecord): number | undefined {
    const { grid_id: id, search_space: space } = systemAttributes;
    if (typeof id !== "number" || !(id in this.order) || typeof space !== "object" || space === null) return undefined;
    let same = this.compared.get(space);
    if (same === undefined) {
      same = JSON.stringify(ordered(space as unknown as GridSpace)) === JSON.stringify(this.space);
      this.compared.set(space, same);
    }
    return same ? id : undefined;
  }

  /** A point for a new trial: the one of its own number if it is free, otherwise one that no other trial takes. */
  choose(study: StudyRecord, trial: TrialRecord): number {
    const { number } = trial;
    const taken = this.taken(study, number);
    if (number < this.count && !taken.has(this.order[number] as number)) return number;
    const free = Array.from(this.order.keys()).filter((id) => !taken.has(this.order[id] as number));
    // Workers that begin at the same moment do not see each other's choice, but each sees the trials before its own.
    const undecided = study.trials.filter(
      (other) => other.number < number && other.state === "running" && isUndecided(other),
    );
    return free[undecided.length] ?? number % this.count;
  }

  /** True when all points are done or being tried and none waits to be tried again. */
  isExhausted(study: StudyRecord): boolean {
    if (study.trials.some((trial) => trial.state === "waiting" && this.idOf(trial) !== undefined)) return false;
    return this.taken(study).size === this.count;
  }

  /** Places in the unshuffled numbering. */
  private taken({ trials }: StudyRecord, except = -1): Set<number> {
    const taken = new Set<number>();
    for (const trial of trials) {
      if (trial.number === except) continue;
      const id = this.idOf(trial);
      if (id === undefined) continue;
      // Optuna 3 numbers the points without a shuffle: where the parameters are known, they say which one it was.
      const place = isFinished(trial) ? this.placeOf(trial) : undefined;
      taken.add(place ?? (this.order[id] as number));
    }
    return taken;
  }

  private placeOf({ parameters }: TrialRecord): number | undefined {
    let place = 0;
    for (const [name, places] of this.places) {
      const i = Object.hasOwn(parameters, name) ? places.get(parameters[name] as ParameterValue) : undefined;
      if (i === undefined) return undefined;
      place = place * places.size + i;
    }
    return place;
  }
}

/** True for a trial that takes a point: it has none yet and was not enqueued with values of its own. */
function isUndecided(trial: TrialRecord): boolean {
  return !Object.hasOwn(trial.systemAttributes, "grid_id") && !hasFixedParameters(trial);
}

function ordered(space: GridSpace): GridSpace {
  return Object.fromEntries(Object.entries(space).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkSpace(space: GridSpace): GridSpace {
  if (typeof space !== "object" || space === null || Object.keys(space).length === 0)
    throw new ArgumentError(`grid: expects a list of values by parameter name, got ${valueText(space)}`);
  for (const [name, values] of Object.entries(space)) {
    if (!Array.isArray(values) || values.length === 0)
      throw new ArgumentError(`grid: "${name}" must be a list of values, got ${valueText(values)}`);
    for (const value of values)
      if (value !== null && !["string", "boolean"].includes(typeof value) && !Number.isFinite(value))
        throw new ArgumentError(
          `grid: a value of "${name}" must be a string, a finite number, a boolean or null, got ${valueText(value)}`,
        );
    if (new Set(values).size !== values.length)
      throw new ArgumentError(`grid: a value of "${name}" stands twice in ${valueText(values)}; leave one out`);
  }
  return deepFreeze(ordered(Object.fromEntries(Object.entries(space).map(([name, values]) => [name, [...values]]))));
}
