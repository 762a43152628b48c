// House prices made by a seeded procedure whose mean and spread are known for every house.
import { ArgumentError } from "../errors.js";
import { Dataset } from "../runtime/dataset.js";
import { knownOptions } from "../runtime/fit_options.js";
import { HOUSE_FEATURES } from "./houses.js";
import type { Parts } from "./parts.js";
import { checkSeed, RandomStream } from "./random.js";

export interface SyntheticHousesOptions {
  /** The same seed gives the same houses, bit for bit, whatever the sizes. Default 1. */
  readonly seed?: number;
  /** Houses to train on. Default 1000. */
  readonly train?: number;
  /** Default 200. */
  readonly validation?: number;
  /** Default 260. */
  readonly test?: number;
}

/** What prices were drawn from: normal, with this mean and deviation in dollars for each row. */
export interface Truth {
  readonly mean: Float64Array;
  readonly sigma: Float64Array;
}

export interface SyntheticHouses extends Parts {
  readonly truth: { readonly train: Truth; readonly validation: Truth; readonly test: Truth };
}

/**
 * Houses that need no files: input `[4]` with the features of `datasets.houses()` in their units, target `[1]`, a price
 * in dollars drawn from a normal distribution. `truth` has the mean and sigma of each row, to check predicted ones:
 *
 *     mean  = 50000 + GrLivArea (25 + 1.1 OverallQual^2) + 30 TotalBsmtSF + 5 (YearBuilt - 1880)^2
 *     sigma = 3000 + 6 GrLivArea + 150 (2010 - YearBuilt)
 *
 * @example
 * const { train, test, truth } = datasets.syntheticHouses({ seed: 1 }); // truth.test.sigma: one a row of test
 */
export function syntheticHouses(options: SyntheticHousesOptions = {}): SyntheticHouses {
  knownOptions("syntheticHouses", options, ["seed", "train", "validation", "test"]);
  const seed = checkSeed(options.seed ?? 1, "syntheticHouses");
  const train = part("train", options.train ?? 1000, seed);
  const validation = part("validation", options.validation ?? 200, seed);
  const test = part("test", options.test ?? 260, seed);
  return {
    train: train.houses,
    validation: validation.houses,
    test: test.houses,
    truth: { train: train.truth, validation: validation.truth, test: test.truth },
  };
}

function part(name: string, rows: number, seed: number): { houses: Dataset; truth: Truth } {
  if (!Number.isSafeInteger(rows) || rows < 1)
    throw new ArgumentError(`syntheticHouses: ${name} must be a positive whole number of houses, found ${rows}`);
  const width = HOUSE_FEATURES.length;
  const input = new Float32Array(rows * width);
  const target = new Float32Array(rows);
  const [mean, sigma] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const random = new RandomStream(seed, `syntheticHouses.${name}`, row);
    const { quality, year, basement, living } = drawHouse(random);
    input.set([quality, year, basement, living], row * width);
    const [age, since] = [2010 - year, year - 1880];
    mean[row] = 50_000 + living * (25 + 1.1 * quality * quality) + 30 * basement + 5 * since * since;
    sigma[row] = 3000 + 6 * living + 150 * age;
    target[row] = (mean[row] as number) + (sigma[row] as number) * random.normal();
  }
  const houses = Dataset.from({
    input,
    inputShape: [width],
    featureNames: HOUSE_FEATURES,
    target,
    targetNames: ["SalePrice"],
  });
  return { houses, truth: { mean, sigma } };
}

/** Whole numbers in the ranges of the real houses; better houses are newer and larger, as there. */
function drawHouse(random: RandomStream): { quality: number; year: number; basement: number; living: number } {
  const wealth = random.normal();
  const between = (low: number, high: number, value: number): number =>
    Math.round(Math.min(high, Math.max(low, value)));
  const size = 1 + 0.15 * wealth + 0.2 * random.normal();
  const living = between(350, 5600, 400 + 1050 * size * size);
  const basement =
    random.uniform() < 0.03 ? 0 : between(0, 3200, living * random.uniform(0.3, 1) + 120 * random.normal());
  return {
    quality: between(1, 10, 6 + wealth + 0.9 * random.normal()),
    year: between(1880, 2010, 1972 + 14 * wealth + 24 * random.normal()),
    basement,
    living,
  };
}
