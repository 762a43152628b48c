// The options that all sections of the report share, and their form on the command line.
import { parseArgs } from "node:util";
import { info } from "netwright";

export const scales = ["quick", "normal", "full"] as const;
export type Scale = (typeof scales)[number];

export interface ReportOptions {
  /** quick: a look at the page, figures are rough; normal: under half an hour on two cores; full: as long as the original, overnight. */
  readonly scale: Scale;
  /** Trainings beside each other, one thread each. */
  readonly parallel: number;
  /** Instead of the number that a section chooses by its scale. */
  readonly seeds?: number;
  readonly epochs?: number;
}

export interface CommandLine extends ReportOptions {
  /** Ids of sections; undefined means all. */
  readonly only: readonly string[] | undefined;
  /** The page; undefined means a name of its own in out/. */
  readonly out: string | undefined;
}

export const USAGE = `options:
  --quick            a minute or two, few seeds and epochs: figures are rough
  --full             as many epochs as the original report: overnight
  --only A,B         only these sections
  --out FILE         the page (default: in out/)
  --seeds N          trainings of each kind, instead of what the scale says
  --epochs N         epochs of each training, instead of what the scale says
  --parallel N       trainings beside each other, one thread each (default: the cores)`;

/** A command line that asks for what there is not. */
export class UsageError extends Error {}

/** Throws UsageError. */
export function readCommandLine(words: readonly string[]): CommandLine {
  const values = parseWords(words);
  if (values.quick && values.full) throw new UsageError("give --quick or --full, not both");
  const seeds = whole("--seeds", values.seeds);
  const epochs = whole("--epochs", values.epochs);
  return {
    scale: values.quick ? "quick" : values.full ? "full" : "normal",
    parallel: whole("--parallel", values.parallel) ?? info().threads,
    ...(seeds !== undefined && { seeds }),
    ...(epochs !== undefined && { epochs }),
    only: values.only?.split(",").map((id) => id.trim()),
    out: values.out,
  };
}

/** What belongs to the scale. */
export function byScale<T>({ scale }: ReportOptions, choices: Readonly<Record<Scale, T>>): T {
  return choices[scale];
}

/** 1, 2, ... as many as asked for, or as the scale says. */
export function seedsOf(options: ReportOptions, counts: Readonly<Record<Scale, number>>): number[] {
  return Array.from({ length: options.seeds ?? counts[options.scale] }, (_, i) => i + 1);
}

export function epochsOf(options: ReportOptions, counts: Readonly<Record<Scale, number>>): number {
  return options.epochs ?? counts[options.scale];
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        quick: { type: "boolean" },
        full: { type: "boolean" },
        only: { type: "string" },
        out: { type: "string" },
        seeds: { type: "string" },
        epochs: { type: "string" },
        parallel: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`${name} needs a whole number of at least 1, found "${text}"`);
}
