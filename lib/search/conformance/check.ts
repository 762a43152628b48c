// What a conformance check is, and how it sees that a study was left alone.
import { ok } from "node:assert";
import type { StudyRecord } from "../record.js";

/** One demand; `run` throws when it is not met. Give both to the test framework of your choice: `test(name, run)`. */
export interface ConformanceCheck {
  readonly name: string;
  run(): void;
}

/** Calls `use` and throws when the record of a pretended study is another one afterwards. */
export function unchanged<Result>(study: StudyRecord, use: () => Result): Result {
  const before = writable(study);
  const result = use();
  ok(writable(study) === before, "the record of the study was changed");
  return result;
}

/** The record is frozen, which throws when it is written to; maps cannot be. */
function writable({ trials }: StudyRecord): string {
  return trials.map(({ reports }) => [...reports].join()).join(";");
}
