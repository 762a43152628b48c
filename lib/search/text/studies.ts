// The studies of a journal as a table in the terminal.
import { isFinished, type StudyRecord } from "../record.js";
import { summarize } from "../summary.js";
import { countText, numberText } from "./numbers.js";
import { table } from "./table.js";
import { plainText, terminal, type TextOptions } from "./terminal.js";

/** One line a study: name, direction, trials, how many are finished, best value or size of the Pareto front. */
export function studiesText(studies: readonly StudyRecord[], options: TextOptions = {}): string {
  if (studies.length === 0) return "no studies";
  const { width } = terminal(options);
  const { lines } = table(
    [
      { title: "study", cells: studies.map(({ name }) => plainText(name)) },
      { title: "trials", align: "right", cells: studies.map(({ trials }) => String(trials.length)) },
      {
        title: "finished",
        align: "right",
        cells: studies.map(({ trials }) => String(trials.filter(isFinished).length)),
      },
      { title: "best", align: "right", cells: studies.map(bestText) },
      { title: "direction", cells: studies.map(({ directions }) => directions.join(", ")) },
    ],
    width,
  );
  return lines.join("\n");
}

function bestText(study: StudyRecord): string {
  const { best, front } = summarize(study);
  if (best !== undefined) return numberText(best.values?.[0] as number, 5);
  return front.length === 0 ? "" : `front of ${countText(front.length, "trial")}`;
}
