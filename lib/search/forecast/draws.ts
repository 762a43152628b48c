// Where probes are taken: points that spread evenly over a grid or over the space that an objective asks for.
import { ArgumentError } from "../../errors.js";
import { valueText } from "../../options.js";
import { categoricalDistribution, type Choice, type Distribution, type ParameterValue } from "../distribution.js";
import type { LiveTrial, StudyRecord } from "../record.js";
import type { Sampler } from "../samplers/sampler.js";
import { fromUnit } from "../samplers/transform.js";

/** Values by parameter name, as of the grid sampler. */
export type Grid = Readonly<Record<string, readonly Choice[]>>;

export type Point = Readonly<Record<string, ParameterValue>>;

/**
 * Coordinate `dimension` of point `index` in the sequence of Richtmyer (1951): multiples of the square roots of primes,
 * without their whole parts. Any number of points and dimensions, none has to be known before.
 */
export function richtmyer(index: number, dimension: number): number {
  return (0.5 + index * Math.sqrt(prime(dimension))) % 1;
}

/** Proposes evenly spread values, a function of the trial's number and of how many parameters it has so far. */
export const evenly: Sampler = {
  name: "evenly",
  sample: (_study: StudyRecord, trial: LiveTrial, _name: string, distribution: Distribution) =>
    fromUnit(distribution, richtmyer(trial.number, Object.keys(trial.parameters).length)),
};

/** Proposes one point of a grid. */
export function fixedPoint(point: Point): Sampler {
  return {
    name: "grid",
    sample: (_study, _trial, name) => {
      const value = Object.hasOwn(point, name) ? point[name] : undefined;
      if (value !== undefined) return value;
      throw new ArgumentError(
        `forecast: the grid has no values for parameter "${name}", which the objective asks for; it has ${Object.keys(point).join(", ")}`,
      );
    },
  };
}

/** Number of points. Throws ArgumentError for what is no grid. */
export function gridSize(grid: Grid): number {
  if (typeof grid !== "object" || grid === null || Array.isArray(grid) || Object.keys(grid).length === 0)
    throw new ArgumentError(
      `forecast: grid must be an object with a list of values per parameter, got ${valueText(grid)}`,
    );
  let size = 1;
  for (const [name, values] of Object.entries(grid)) size *= categoricalDistribution(name, values).choices.length;
  return size;
}

/** Up to `count` points of the grid: all of them, or different ones that are spread over it. */
export function gridPoints(grid: Grid, count: number): Point[] {
  const names = Object.keys(grid);
  const size = gridSize(grid);
  const pointAt = (index: number): Point => {
    const point: Record<string, ParameterValue> = {};
    for (const name of names) {
      const values = grid[name] as readonly Choice[];
      point[name] = values[index % values.length] as Choice;
      index = Math.floor(index / values.length);
    }
    return point;
  };
  if (count >= size) return Array.from({ length: size }, (_, index) => pointAt(index));
  const taken = new Set<number>();
  for (let draw = 0; taken.size < count; draw++) {
    let index = 0;
    let stride = 1;
    for (const [dimension, name] of names.entries()) {
      const { length } = grid[name] as readonly Choice[];
      index += stride * Math.floor(richtmyer(draw, dimension) * length);
      stride *= length;
    }
    // A sequence that keeps coming back to what is taken would not end: then the next free one.
    if (draw > 8 * count) while (taken.has(index)) index = (index + 1) % size;
    taken.add(index);
  }
  return [...taken].map(pointAt);
}

const primes: number[] = [2];

function prime(index: number): number {
  for (let candidate = primes.at(-1)! + 1; primes.length <= index; candidate++)
    if (primes.every((smaller) => candidate % smaller !== 0)) primes.push(candidate);
  return primes[index] as number;
}
