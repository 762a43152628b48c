// What a study is made with.
import path from "node:path";
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import { knownOptions } from "../runtime/fit_options.js";
import type { Pruner } from "./pruners/pruner.js";
import type { Direction } from "./record.js";
import type { Sampler } from "./samplers/sampler.js";
import type { JournalLocation } from "./storage/open.js";

export interface StudyOptions {
  /** Default: the file's base name without its ending; `"study"` in memory and in Redis. */
  readonly name?: string;
  /** Default `"minimize"`; an existing study keeps its own, and another one given here is refused. */
  readonly direction?: Direction;
  /** Instead of `direction`: one per objective. */
  readonly directions?: readonly Direction[];
  /** Default `tpe()`. */
  readonly sampler?: Sampler;
  /** Default `median()`. */
  readonly pruner?: Pruner;
}

const STUDY_OPTIONS = ["name", "direction", "directions", "sampler", "pruner"];

/** The directions that were asked for; undefined when none were. */
export function checkStudyOptions(options: StudyOptions): readonly Direction[] | undefined {
  knownOptions("createStudy", options, STUDY_OPTIONS);
  const { name, direction, directions, sampler, pruner } = options;
  if (name !== undefined && (typeof name !== "string" || name === ""))
    throw new ArgumentError(`createStudy: name must be a string with something in it, got ${valueText(name)}`);
  if (direction !== undefined && directions !== undefined)
    throw new ArgumentError("createStudy: give direction, or directions with one per objective, not both");
  const wanted = directions ?? (direction === undefined ? undefined : [direction]);
  for (const each of wanted ?? [])
    if (each !== "minimize" && each !== "maximize")
      throw new ArgumentError(`createStudy: a direction must be "minimize" or "maximize", got ${valueText(each)}`);
  if (wanted?.length === 0) throw new ArgumentError("createStudy: directions must have at least one");
  if (sampler !== undefined && typeof sampler.sample !== "function")
    throw new ArgumentError(`createStudy: sampler must be one, such as tpe() or random(), got ${valueText(sampler)}`);
  if (pruner !== undefined && typeof pruner.prune !== "function")
    throw new ArgumentError(`createStudy: pruner must be one, such as median() or asha(), got ${valueText(pruner)}`);
  return wanted;
}

/** The name of a study that is given none. */
export function defaultName(location: JournalLocation): string {
  const isFile = typeof location === "string" && location !== "memory" && !/^rediss?:/.test(location);
  return (isFile && path.parse(location).name) || "study";
}
