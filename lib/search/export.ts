// A study's trials as CSV and JSON, for other programs.
import type { StudyRecord, TrialRecord } from "./record.js";
import { durationOf } from "./savings.js";
import { failureReason, objectiveName } from "./summary.js";

/**
 * One line a trial under a line of titles, lines end with CR LF (RFC 4180). Columns: number, state, value (with several objectives
 * `values_<name>`), datetime_start and datetime_complete (UTC), seconds, steps (reports), failure (its reason, when a trial failed), `params_<name>`, `user_attrs_<name>` (texts as they are,
 * all else as JSON). What a trial has not is an empty field; NaN and Infinity are those words.
 */
export function trialsCsv(study: StudyRecord): string {
  const { trials, directions } = study;
  const columns: [string, (trial: TrialRecord) => unknown][] = [
    ["number", ({ number }) => number],
    ["state", ({ state }) => state],
    ...directions.map((_, i): [string, (trial: TrialRecord) => unknown] => [
      directions.length === 1 ? "value" : `values_${objectiveName(study, i)}`,
      ({ values }) => values?.[i],
    ]),
    ["datetime_start", ({ startedAt }) => startedAt?.toISOString()],
    ["datetime_complete", ({ endedAt }) => endedAt?.toISOString()],
    ["seconds", (trial) => secondsOf(trial)],
    ["steps", ({ reports }) => reports.size],
    ...(trials.some((trial) => failureReason(trial) !== undefined)
      ? [["failure", failureReason] as [string, typeof failureReason]]
      : []),
  ];
  for (const [prefix, part] of [
    ["params_", "parameters"],
    ["user_attrs_", "userAttributes"],
  ] as const)
    for (const name of new Set(trials.flatMap((trial) => Object.keys(trial[part]))))
      columns.push([prefix + name, (trial) => (Object.hasOwn(trial[part], name) ? trial[part][name] : undefined)]);
  const lines = [
    columns.map(([title]) => field(title)),
    ...trials.map((trial) => columns.map(([, cell]) => field(cell(trial)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/**
 * All that the journal knows of a study. Reports are `[step, value]` pairs; numbers that JSON has not are the strings "NaN",
 * "Infinity" and "-Infinity"; times are UTC.
 */
export function studyJson(study: StudyRecord): string {
  const trials = study.trials.map((trial) => ({ ...trial, reports: [...trial.reports] }));
  const words = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify({ ...study, trials }, words, 2)}\n`;
}

function secondsOf(trial: TrialRecord): number | undefined {
  const milliseconds = durationOf(trial);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

/** Quoted where a comma, quote or line end would break the line. */
function field(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
