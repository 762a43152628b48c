// Data sets by name, and the readers they are made of.
import { type CsvOptions, readCsv } from "./csv.js";
import { type DigitsOptions, digits } from "./digits.js";
import type { Source } from "./files.js";
import { type HousesOptions, houses } from "./houses.js";
import type { Parts } from "./parts.js";
import { type SyntheticHouses, type SyntheticHousesOptions, syntheticHouses } from "./synthetic_houses.js";
import { type UspsOptions, usps } from "./usps.js";
import type { Dataset } from "../runtime/dataset.js";

/**
 * Where data come from. `usps` and `houses` are published files, looked for in `NETWRIGHT_DATA` and the cache folder
 * and otherwise downloaded; `digits` and `syntheticHouses` are made by seeded procedures; `csv` reads a file of one's own.
 */
export const datasets = {
  /** The USPS digits; see `UspsOptions` for split and pixel version. */
  usps: (options?: UspsOptions): Promise<Parts> => usps(options),
  /** House prices of Ames, Iowa, raw values. */
  houses: (options?: HousesOptions): Promise<Parts> => houses(options),
  /** Digits drawn as strokes, 16 x 16. */
  digits: (options?: DigitsOptions): Parts => digits(options),
  /** Made-up house prices with known means and sigmas. */
  syntheticHouses: (options?: SyntheticHousesOptions): SyntheticHouses => syntheticHouses(options),
  /** A CSV file with a header line, as one data set; cut it with `split()`. */
  csv: (source: Source, options?: CsvOptions): Promise<Dataset> => readCsv(source, options),
} as const;

export { type Affine, affine, type AffineOptions } from "./augment/affine.js";
export type { CsvOptions } from "./csv.js";
export type { DigitsOptions } from "./digits.js";
export { readEsl } from "./esl.js";
export type { Source } from "./files.js";
export type { HousesOptions } from "./houses.js";
export { type IdxArray, readIdx } from "./idx.js";
export { type LabelledRows, type LibsvmOptions, readLibsvm } from "./libsvm.js";
export type { Parts, PartSizes } from "./parts.js";
export { type SplitOptions, splitIndices } from "./split.js";
export type { SyntheticHouses, SyntheticHousesOptions, Truth } from "./synthetic_houses.js";
export type { UspsOptions } from "./usps.js";
