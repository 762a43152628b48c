// What may be chosen about the tree-structured Parzen estimator, and its defaults.
import { ArgumentError } from "../../../errors.js";
import { flag, isWhole, numberIn, oneOf, type Option, optional, positiveWhole, readSpec } from "../../../options.js";
import { type SeedOptions, seedOf } from "../seed.js";

export interface TpeOptions extends SeedOptions {
  /** Finished trials before which proposals are random. Default 10. */
  readonly startupTrials?: number;
  /** Points drawn from the estimator of the good trials, of which the most promising is proposed. Default 24. */
  readonly candidates?: number;
  /** Estimates parameters together, so that it learns which values go with each other. Default true. */
  readonly multivariate?: boolean;
  /**
   * Divides the parameters of a conditional space into groups that appear together, and estimates each group. Without it only
   * parameters that all trials have are estimated together, and the others one by one. Default: as `multivariate`.
   */
  readonly group?: boolean;
  /** Counts running trials as bad ones, so that trials running at the same time keep apart. Default true. */
  readonly constantLiar?: boolean;
  /**
   * How many of that many finished trials are good ones. Default: a tenth, rounded up, and at most 25; a tenth without a limit
   * when there are several objectives.
   */
  readonly gamma?: (finished: number) => number;
  /** How much the prior, uniform or nearly so, counts against one trial: more explores more. Default 1. */
  readonly priorWeight?: number;
  /**
   * How wide the normal distributions around earlier values are: by the distance to the next values (`"neighbours"`, the
   * default), or by the number of trials and parameters alone (`"scott"`, which keeps exploring and narrows down later).
   */
  readonly bandwidth?: "scott" | "neighbours";
  /** Keeps them from becoming very narrow. Default true. */
  readonly magicClip?: boolean;
  /** Counts the bounds as neighbours of the outermost values. Default false. */
  readonly endpoints?: boolean;
}

export interface TpeSettings extends Required<Omit<TpeOptions, "gamma">> {
  readonly gamma: ((finished: number) => number) | undefined;
}

const wholeFromZero: Option = {
  expected: "a whole number of at least 0",
  parse: (value) => (isWhole(value) && value >= 0 ? value : undefined),
};

const gamma: Option = {
  expected: "a function from the number of finished trials to the number of good ones",
  parse: (value) => (typeof value === "function" ? value : undefined),
};

const options = {
  seed: optional(wholeFromZero),
  startupTrials: { ...wholeFromZero, default: 10 },
  candidates: { ...positiveWhole, default: 24 },
  multivariate: { ...flag, default: true },
  group: optional(flag),
  constantLiar: { ...flag, default: true },
  gamma: optional(gamma),
  priorWeight: { ...numberIn({ above: 0 }), default: 1 },
  bandwidth: { ...oneOf(["scott", "neighbours"]), default: "neighbours" },
  magicClip: { ...flag, default: true },
  endpoints: { ...flag, default: false },
} satisfies Record<keyof TpeOptions, Option>;

/** Throws ArgumentError for options that do not exist, cannot be used or contradict each other. */
export function tpeSettings(given: TpeOptions): TpeSettings {
  const read = readSpec<{ readonly kind: "tpe" } & TpeOptions>("tpe", "tpe", options, given);
  const { multivariate = true } = read;
  if (read.group && !multivariate)
    throw new ArgumentError("tpe: group needs multivariate, which is false; leave one of the two out");
  return {
    ...(read as typeof read & TpeSettings),
    seed: seedOf(read.seed, "tpe"),
    group: read.group ?? multivariate,
    gamma: read.gamma,
  };
}
