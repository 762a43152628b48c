// What a trainer is made with.
import type { Loss } from "../losses/loss.js";
import type { MetricName } from "../metrics/metric.js";
import type { Precision } from "../ops/bfloat16.js";
import type { Optimizer } from "../optimizers/optimizer.js";

export interface TrainerOptions {
  /** What training makes small. Needed by fit, step and evaluate. */
  readonly loss?: Loss;
  /** How weights follow the gradient. Needed by fit and step. */
  readonly optimizer?: Optimizer;
  /** What is measured beside the loss. Default: accuracy for classes, rmse and mae otherwise. */
  readonly metrics?: readonly MetricName[];
  /** One seed for weights, order and dropout: the same seed gives the same bits. Default 0. */
  readonly seed?: number;
  /** Threads of a step. Default: NETWRIGHT_THREADS, else the cores that the process may use. */
  readonly threads?: number;
  /** Trains on targets scaled to mean 0 and deviation 1; everything reported and predicted stays in the target's units. Default false. */
  readonly standardizeTargets?: boolean;
  /**
   * What the large products of a training step compute with. `"bf16"` rounds their operands to bfloat16 and keeps everything
   * else, also evaluate, predict and files, in float32. Faster only where `info().bf16` is not `"rounded"`. Default `"float32"`.
   */
  readonly precision?: Precision;
  /** Forces an instruction set (`info().instructionSets`). Default: NETWRIGHT_ISA, else the best. */
  readonly instructionSet?: string;
  /** `"builtin"` leaves the system's BLAS out. Default: NETWRIGHT_BLAS, else `"system"` where there is one. */
  readonly blas?: "builtin" | "system";
  /** Times every kernel, for `profile()`; costs about a microsecond a kernel. Default: whether NETWRIGHT_PROFILE is set and not empty. */
  readonly profile?: boolean;
}

/** What a trainer knows of its data, carried from the first data set into predictions and files. */
export interface DataNames {
  classes?: readonly string[];
  featureNames?: readonly string[];
  targetNames?: readonly string[];
}

/** The names of all options of a trainer. */
export const TRAINER_OPTIONS = [
  "loss",
  "optimizer",
  "metrics",
  "seed",
  "threads",
  "standardizeTargets",
  "precision",
  "instructionSet",
  "blas",
  "profile",
];
