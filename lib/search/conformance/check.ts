// What a conformance check is, and how it sees that a study was left alone.
import { deepStrictEqual } from "node:assert";
import type { StudyRecord } from "../record.js";

/** One demand; `run` throws when it is not met. Give both to the test framework of your choice: `test(name, run)`. */
export interface ConformanceCheck {
  readonly name: string;
  run(): void;
}

/** Calls `use` and throws when the study's record is another one afterwards; system attributes are free to be set. */
export function unchanged<Result>(study: StudyRecord, use: () => Result): Result {
  const before = structuredClone(comparable(study));
  const result = use();
  deepStrictEqual(comparable(study), before, "the record of the study was changed");
  return result;
}

/** Plain data, nothing of it shared with a proxy or frozen. */
function comparable({ directions, trials, ...rest }: StudyRecord): object {
  return { ...rest, directions, trials: trials.map((trial) => ({ ...trial, reports: [...trial.reports] })) };
}
