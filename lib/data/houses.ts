// House prices of Ames, Iowa: four features on very different scales and the price in dollars.
import type { Dataset } from "../runtime/dataset.js";
import { knownOptions } from "../runtime/fit_options.js";
import { parseCsv } from "./csv.js";
import type { NamedBytes } from "./files.js";
import type { PartSizes, Parts } from "./parts.js";
import { obtain, type PublishedFile, type Surroundings, surroundings } from "./published.js";

export interface HousesOptions extends PartSizes {
  /** Shuffles the 1460 rows before they are split. Default: none, rows are split by position as published results are. */
  readonly seed?: number;
}

/** Names of the four features, in the order of the file. */
export const HOUSE_FEATURES = ["OverallQual", "YearBuilt", "TotalBsmtSF", "GrLivArea"] as const;

const FILE: PublishedFile = {
  set: "houses",
  name: "house_prices.csv",
  url: "https://raw.githubusercontent.com/MashedP/dlip-pytorch-DL-good-practises/HEAD/data/external/house_prices.csv",
  checksum: {
    of: "file",
    algorithm: "sha256",
    value: "148446fc1b5ab341edab278b9f2744f65caed70fcaea359451fb06eff07e900d",
  },
};

/**
 * House prices: input `[4]` (overall quality 1 to 10, year built, basement and living area in square feet),
 * target `[1]`, the price in US dollars, all as they are in the file. 1000, 200 and 260 rows by default.
 * Looked for in `$NETWRIGHT_DATA/houses`, then in the cache folder, then downloaded.
 * Throws DataError that says which file to put where when it cannot be had.
 *
 * @example
 * const { train, validation, test } = await datasets.houses();
 */
export async function houses(options: HousesOptions = {}, around: Surroundings = surroundings()): Promise<Parts> {
  knownOptions("houses", options, ["seed", "train", "validation", "test"]);
  const { train = 1000, validation = 200, test = 260, seed } = options;
  const [file] = (await obtain([[FILE]], around)) as [NamedBytes];
  const all: Dataset = parseCsv(file, { features: HOUSE_FEATURES, target: "SalePrice" });
  const order = seed === undefined ? { shuffle: false } : { seed };
  return all.split({ train, validation, test }, order);
}
