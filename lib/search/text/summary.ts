// A study in a screenful of text: where it stands, the best trial, what mattered, what pruning saved.
import { correlations } from "../correlations.js";
import { isFinished, type StudyRecord, type TrialRecord, type TrialState } from "../record.js";
import { savingsText } from "../savings.js";
import { failureReason, type Importances, objectiveName, type StudySummary, summarize } from "../summary.js";
import { countText, durationText, numberText, parameterText, percentText, shorten } from "./numbers.js";
import { bar, sparkline } from "./sparkline.js";
import { plainText, type Terminal, terminal, type TextOptions } from "./terminal.js";
import { trialsText } from "./trials.js";

export interface SummaryTextOptions extends TextOptions {
  /** Of the parameters, for a study of one objective. Default: none are shown. */
  readonly importances?: Importances;
}

const states: readonly TrialState[] = ["complete", "pruned", "failed", "running", "waiting"];

export function summaryText(study: StudyRecord, options: SummaryTextOptions = {}): string {
  const screen = terminal(options);
  const summary = summarize(study);
  const parts = [heading(study, summary, screen), best(study, summary, screen, options)];
  if (options.importances !== undefined) parts.push(importance(options.importances, screen));
  parts.push(rankCorrelations(study, screen));
  if (summary.saved !== undefined) parts.push(wrap(savingsText(summary.saved), screen.width));
  return parts.filter((part) => part !== "").join("\n\n");
}

function heading(study: StudyRecord, { counts, time }: StudySummary, { width, paint }: Terminal): string {
  const goals = study.directions.map((direction, i) => `${direction} ${plainText(objectiveName(study, i))}`).join(", ");
  const shown = states.filter((state) => counts[state] > 0);
  const lines = [
    paint("best", shorten(plainText(study.name), width)),
    shorten(`${goals}: ${countText(study.trials.length, "trial")}`, width),
  ];
  const texts = shown.map((state) => `${counts[state]} ${state}`);
  for (const line of filled(texts, ", ", width))
    lines.push(line.map((i) => paint(shown[i] as TrialState, texts[i] as string)).join(", "));
  for (const line of failures(study)) lines.push(shorten(line, width));
  if (time.elapsed > 0) {
    const average = time.trials / study.trials.filter(isFinished).length;
    lines.push(wrap(`${durationText(time.elapsed)} of running time, ${durationText(average)} a trial`, width));
  }
  return lines.join("\n");
}

const MOST_REASONS = 3;

/** `failed: TypeError: no such layer (12 trials)`, the most frequent reasons first. */
function failures({ trials }: StudyRecord): string[] {
  const counts = new Map<string, number>();
  for (const trial of trials) {
    const reason = failureReason(trial);
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_REASONS)
    .map(([reason, count]) => `failed: ${plainText(reason)} (${countText(count, "trial")})`);
}

function best(
  study: StudyRecord,
  { best: trial, front }: StudySummary,
  screen: Terminal,
  options: TextOptions,
): string {
  if (trial !== undefined) {
    const value = numberText(trial.values?.[0] as number, 6);
    const title = `best: ${screen.paint("best", value)} in trial ${trial.number}`;
    return [title, ...parameterLines(trial, screen.width), ...curve(trial, screen.width)].join("\n");
  }
  if (front.length > 0)
    return `Pareto front, ${countText(front.length, "trial")}:\n${trialsText(study, { ...options, trials: front })}`;
  return "no complete trial yet";
}

function parameterLines({ parameters }: TrialRecord, width: number): string[] {
  const entries = Object.entries(parameters).map(([name, value]) => [plainText(name), plainText(parameterText(value))]);
  const longest = Math.min(nameWidth(width), Math.max(0, ...entries.map(([name]) => [...(name as string)].length)));
  return entries.map(([name, value]) =>
    shorten(`  ${shorten(name as string, longest).padEnd(longest)}  ${value}`, width),
  );
}

function curve({ reports }: TrialRecord, width: number): string[] {
  if (reports.size < 2) return [];
  const values = [...reports].toSorted(([a], [b]) => a - b).map(([, value]) => value);
  const ends = [values[0], values.at(-1)].map((value) => numberText(value as number));
  return [`  ${ends[0]} ${sparkline(values, Math.min(60, width - 24))} ${ends[1]}`];
}

function importance(importances: Importances, { width }: Terminal): string {
  const rows = Object.entries(importances).toSorted(([, a], [, b]) => b - a);
  if (rows.length === 0) return "";
  const longest = Math.min(nameWidth(width), Math.max(...rows.map(([name]) => [...plainText(name)].length)));
  const room = Math.max(4, Math.min(40, width - longest - 12));
  const lines = rows.map(([name, share]) => {
    const text = shorten(plainText(name), longest).padEnd(longest);
    return `  ${text}  ${percentText(share).padStart(6)} ${bar(share, room)}`.trimEnd();
  });
  return ["importance of the parameters", ...lines].join("\n");
}

/** `rank correlation with value: learning rate -0.62, depth 0.31`, the strongest first; empty where nothing can be told. */
function rankCorrelations(study: StudyRecord, { width }: Terminal): string {
  const { parameters, withObjectives } = correlations(study);
  return study.directions
    .map((_, objective) => {
      const told = parameters
        .map((name, i) => [name, withObjectives[i]?.[objective] as number] as const)
        .filter(([, value]) => !Number.isNaN(value))
        .toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
      if (told.length === 0) return "";
      const list = told.map(([name, value]) => `${shorten(plainText(name), nameWidth(width))} ${value.toFixed(2)}`);
      return wrap(`rank correlation with ${plainText(objectiveName(study, objective))}: ${list.join(", ")}`, width);
    })
    .filter((text) => text !== "")
    .join("\n");
}

function nameWidth(width: number): number {
  return Math.max(8, Math.floor(width / 3));
}

function wrap(text: string, width: number): string {
  const words = text.split(" ");
  return filled(words, " ", width)
    .map((line) => line.map((i) => words[i]).join(" "))
    .join("\n");
}

/** Indices of the texts that go on each line. */
function filled(texts: readonly string[], separator: string, width: number): number[][] {
  const lines: number[][] = [];
  let room = 0;
  for (const [i, { length }] of texts.entries()) {
    const line = lines.at(-1);
    if (line !== undefined && separator.length + length <= room) {
      line.push(i);
      room -= separator.length + length;
    } else {
      lines.push([i]);
      room = width - length;
    }
  }
  return lines;
}
