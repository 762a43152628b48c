// The three parts in which every data set of this folder comes.
import type { Dataset } from "../runtime/dataset.js";

export interface Parts {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

/** Rows of each part: counts, or fractions below 1 of all rows. */
export interface PartSizes {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}
