// The lines of the live view, each within the width of the terminal.
import { durationText } from "../duration.js";
import { failureOf } from "../outcome.js";
import { bestTrial, paretoFront, type StudyRecord, type TrialRecord } from "../record.js";
import { numberText, shorten } from "../text/numbers.js";
import { sparkline } from "../text/sparkline.js";
import { plainText } from "../text/terminal.js";

const LONGEST_CURVE = 30;
const SHORTEST_CURVE = 5;

export interface Headline {
  readonly finished: number;
  /** Undefined when the time decides. */
  readonly wanted: number | undefined;
  readonly best: string | undefined;
  /** Milliseconds; undefined while it is not known, 0 at the end. */
  readonly left: number | undefined;
  /** Trials of other processes that all slots here wait for. */
  readonly waitsFor: readonly number[];
}

/** `12 of 100 trials, best 0.9731 (trial 7), about 4 min left`; from the right, what does not fit is left out. */
export function headline({ finished, wanted, best, left, waitsFor }: Headline, width: number): string {
  const count = wanted === undefined ? `${finished} trials` : `${finished} of ${wanted} trials`;
  const others = waitsFor.length === 0 ? undefined : `waiting for trial ${waitsFor.join(", ")} of another process`;
  const time = others ?? (!left ? undefined : `about ${durationText(left)} left`);
  const fits = [[count, best, time], [count, time], [count]].map((parts) =>
    parts.filter((part) => part !== undefined).join(", "),
  );
  return fits.find((line) => line.length <= width) ?? count.slice(0, width);
}

/** `best 0.9731 (trial 7)`, or how large the front is; undefined while no trial is complete. */
export function bestText(study: StudyRecord): string | undefined {
  if (study.directions.length > 1) {
    const { length } = paretoFront(study);
    return length === 0 ? undefined : `front of ${length}`;
  }
  const best = bestTrial(study);
  return best && `best ${numberText(best.values?.[0] as number)} (trial ${best.number})`;
}

/** `trial 13  step 7  ▁▃▄▆▇█  0.9312`; a curve that would be too short to read is left out. */
export function runningLine(
  { number, reports }: { readonly number: number; readonly reports: ReadonlyMap<number, number> },
  width: number,
): string {
  const last = [...reports].at(-1);
  const name = `trial ${number}`;
  if (last === undefined) return name.slice(0, width);
  const step = `step ${last[0]}`;
  const value = numberText(last[1]);
  const room = width - [name, step, value].join("  ").length - 2;
  const curve = room < SHORTEST_CURVE ? [] : [sparkline([...reports.values()], Math.min(room, LONGEST_CURVE))];
  return [name, step, ...curve, value].join("  ").slice(0, width);
}

/** `trial 13 failed: Training diverged in step 40` */
export function failedLine(trial: TrialRecord, width: number): string {
  const reason = failureOf(trial)?.message;
  return shorten(`trial ${trial.number} failed${reason === undefined ? "" : `: ${plainText(reason)}`}`, width);
}

/** For output that is no terminal: `trial 13 complete: 0.9731` */
export function endedLine(trial: TrialRecord, width: number): string {
  if (trial.state === "failed") return failedLine(trial, width);
  const values = trial.values?.map((value) => numberText(value)).join(", ");
  return `trial ${trial.number} ${trial.state}${values === undefined ? "" : `: ${values}`}`;
}
