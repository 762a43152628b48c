// The trials of a study as a table in the terminal.
import { isFinished, type StudyRecord, type TrialRecord } from "../record.js";
import { durationOf } from "../savings.js";
import { objectiveName } from "../summary.js";
import { countText, durationText, numberText, parameterText } from "./numbers.js";
import { type Column, table } from "./table.js";
import { plainText, terminal, type TextOptions } from "./terminal.js";

export interface TrialsTextOptions extends TextOptions {
  /** At most so many, the last ones. Default: all. */
  readonly last?: number;
  /** Trials in place of the study's own, such as its Pareto front. */
  readonly trials?: readonly TrialRecord[];
}

/** One line a trial: number, state, values, time, steps, parameters; columns that do not fit are named below. */
export function trialsText(study: StudyRecord, options: TrialsTextOptions = {}): string {
  const { width, paint } = terminal(options);
  const all = options.trials ?? study.trials;
  const trials = options.last === undefined ? all : all.slice(Math.max(0, all.length - options.last));
  if (trials.length === 0) return all.length === 0 ? "no trials" : "";
  const names = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
  const right = (title: string, cell: (trial: TrialRecord) => string): Column => ({
    title: plainText(title),
    align: "right",
    cells: trials.map(cell),
  });
  const candidates: Column[] = [
    right("trial", ({ number }) => String(number)),
    {
      title: "state",
      cells: trials.map(({ state }) => state),
      paint: (text, row) => paint((trials[row] as TrialRecord).state, text),
    },
    ...study.directions.map((_, i) =>
      right(objectiveName(study, i), ({ values }) => (values === undefined ? "" : numberText(values[i] as number, 5))),
    ),
    right("time", (trial) => {
      const duration = isFinished(trial) ? durationOf(trial) : undefined;
      return duration === undefined ? "" : durationText(duration);
    }),
    right("steps", ({ reports }) => (reports.size === 0 ? "" : String(reports.size))),
    ...names.map((name) => right(name, ({ parameters }) => plainText(parameterText(parameters[name])))),
  ];
  const columns = candidates.filter(({ title, cells }) => title !== "steps" || cells.some((cell) => cell !== ""));
  const { lines, hidden } = table(columns, width);
  const notes: string[] = [];
  if (trials.length < all.length) notes.push(`${countText(all.length - trials.length, "earlier trial")} not shown`);
  if (hidden.length > 0) notes.push(`no room for ${hidden.join(", ")}`);
  return [...lines, ...notes.map((note) => paint("faint", `(${note})`))].join("\n");
}
