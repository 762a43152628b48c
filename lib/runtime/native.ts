// The only import of the addon: its interface, and the loader that finds it or says what to do.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Mode, Plans } from "../compile/plan.js";
import type { ProfileRow } from "./profile.js";
import {
  ArgumentError,
  BusyError,
  DataError,
  DisposedError,
  NativeError,
  NetwrightError,
  NonFiniteError,
  PlanError,
  ShapeError,
} from "../errors.js";

/** Numbers of one value, in the user's order. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: number[];
}

export type Outputs = Record<string, Tensor>;

export interface NativeDataset {
  readonly rows: number;
  close(): void;
}

/** Random affine distortion of the rows of an input; `lib/data/augment` says what the numbers mean. */
export interface NativeAugment {
  input: string;
  rotation: number;
  translation: number;
  smallestScale: number;
  largestScale: number;
  shear: number;
  flip: boolean;
  /** One number for each channel; none: the nearest pixel of the edge. */
  fill: Float32Array;
}

export interface EpochJob {
  dataset: NativeDataset;
  batchSize: number;
  /** One for every step; its length is the number of steps. */
  learningRates: Float32Array;
  /** Keys the shuffle. */
  epoch: number;
  shuffle: boolean;
  augment?: NativeAugment;
  tickMilliseconds?: number;
}

export interface EpochResult {
  steps: number;
  rows: number;
  seconds: number;
  /** Every value of role metric, averaged over rows from float64 sums. */
  metrics: Record<string, number>;
  cancelled: boolean;
}

export interface Tick {
  step: number;
  rows: number;
  metrics: Record<string, number>;
}

export interface ExecuteJob {
  batch: number;
  inputs: Record<string, Float32Array | Int32Array>;
  step?: number;
  learningRate?: number;
  /** Runs the update phase too and counts the step. */
  update?: boolean;
}

/** One set of parameters with its programs; one job at a time. */
export interface NativeSession {
  runEpoch(job: EpochJob, onTick?: (tick: Tick) => void): Promise<EpochResult>;
  evaluate(job: {
    dataset: NativeDataset;
    batchSize: number;
  }): Promise<{ rows: number; metrics: Record<string, number> }>;
  /** With `atOnce` the outputs themselves if such batches took less than 1 ms last time; otherwise computed on the session's thread. */
  predict(job: { dataset: NativeDataset; batchSize: number }, atOnce: boolean): Outputs | Promise<Outputs>;
  /** predict() on a copy of these rows. */
  predictRows(input: Float32Array, rows: number, batchSize: number, atOnce: boolean): Outputs | Promise<Outputs>;
  execute(mode: Mode, job: ExecuteJob): Promise<Record<string, Tensor>>;
  cancel(): void;
  read(name: string): Tensor;
  write(name: string, data: Float32Array): void;
  names(): { name: string; role: string; shape: number[] }[];
  snapshot(key: "best" | "last"): void;
  restore(key: "best" | "last"): void;
  counters(): { step: number };
  setCounters(counters: { step: number }): void;
  describe(mode: Mode, batch: number): string;
  memory(mode: Mode, batch: number): Memory;
  /** Empty unless the session was made with `profile`. */
  profile(): { mode: Mode; batch: number; steps: number; rows: ProfileRow[] }[];
  readonly threads: number;
  readonly instructionSet: string;
  close(): void;
}

/** What a program takes. */
export interface Memory {
  activationBytes: number;
  /** The most that is alive at once: no placement can take less. */
  lowerBoundBytes: number;
  /** Parameters and states; with a training plan gradients and the optimizer's slots too. */
  parameterBytes: number;
  /** Steps of the phase compute, and how many of them write where an operand was. */
  computeSteps: number;
  inPlaceSteps: number;
}

export interface NativeInfo {
  version: string;
  napi: number;
  instructionSet: string;
  instructionSets: string[];
  blas: string;
  /** How products in bfloat16 are computed: `amx`, `avx512_bf16`, or `rounded` operands in float32 products, which is no faster. */
  bf16: string;
  threads: number;
  ops: string[];
}

export interface NativeAddon {
  Session: new (options: {
    plans: Plans;
    seed: number;
    threads: number;
    instructionSet?: string;
    blas?: "builtin" | "system";
    profile?: boolean;
  }) => NativeSession;
  Dataset: new (
    fields: { name: string; shape: number[]; data: Float32Array | Int32Array }[],
    rows: number,
  ) => NativeDataset;
  info(): NativeInfo;
  /** Index of the first NaN or infinite number, -1 where there is none. */
  firstNonFinite(data: Float32Array): number;
}

let loaded: NativeAddon | undefined;

/** The addon of this platform; throws NativeError that says where it was looked for and how to get one. */
export function loadNative(): NativeAddon {
  loaded ??= load();
  return loaded;
}

/** What the addon says of itself; throws ArgumentError for a NETWRIGHT_ variable that makes no sense. */
export function nativeInfo(): NativeInfo {
  const addon = loadNative();
  try {
    return addon.info();
  } catch (error) {
    throw translateError(error);
  }
}

function load(): NativeAddon {
  const root = packageRoot();
  const platform = `${process.platform}-${process.arch}`;
  const candidates = [
    path.join(root, "build", "Release", "netwright.node"),
    path.join(root, "prebuilds", platform, "netwright.node"),
    path.join(root, "prebuilds", `${platform}-musl`, "netwright.node"),
  ];
  const failures: string[] = [];
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    try {
      return createRequire(import.meta.url)(candidate) as NativeAddon;
    } catch (error) {
      failures.push(`${candidate}: ${(error as Error).message}`);
    }
  }
  throw new NativeError(
    "NATIVE",
    [
      `netwright has no native binary that loads on ${platform}, Node ${process.version}.`,
      ...failures.map((failure) => `  ${failure}`),
      `Looked for ${candidates.join(", ")}.`,
      "In a clone run `npm run compile` (needs a C++ compiler and CMake); an installed package carries the binaries of its platforms in prebuilds/.",
    ].join("\n"),
  );
}

/** The nearest folder above this file that holds the package's own package.json: the same from lib/ and from dist/. */
function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, "package.json"))) {
    const parent = path.dirname(folder);
    if (parent === folder)
      throw new NativeError("NATIVE", "netwright cannot find its own package.json; reinstall the package");
    folder = parent;
  }
  return folder;
}

/** The error class that belongs to a code of the native core; keeps the message and adds the stack of the caller. */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof NetwrightError) return error;
  const { code, step, layer } = error as Error & { code?: string; step?: number; layer?: string };
  const options = { cause: error };
  switch (code) {
    case "BUSY":
      return new BusyError(error.message, options);
    case "DISPOSED":
      return new DisposedError(error.message, options);
    case "SHAPE":
      return new ShapeError(error.message, options);
    case "DATA":
      return new DataError(error.message, options);
    case "NON_FINITE":
      return new NonFiniteError(error.message, step ?? 0, layer ?? "", options);
    case "ARGUMENT":
      return new ArgumentError(error.message, options);
    case "PLAN":
      return new PlanError(error.message, options);
    case "MEMORY":
    case "CANCELLED":
      return new NativeError(code, error.message, options);
    default:
      return error;
  }
}
