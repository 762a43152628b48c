// The parts of a study's page that are no plots: facts, the best trial, the table of all trials.
import { isFinished, type StudyRecord, type TrialRecord } from "../record.js";
import { durationOf, savingsText } from "../savings.js";
import { failureReason, objectiveName, type StudySummary } from "../summary.js";
import { countText, durationText, numberText, parameterText, percentText } from "../text/numbers.js";
import { escapeHtml } from "./html.js";
import { states } from "./theme.js";

/** Counts by state, time, what pruning saved. */
export function factsSection(study: StudyRecord, { counts, time, saved }: StudySummary): string {
  const facts: [string, string][] = states
    .filter((state) => counts[state] > 0 || state === "complete")
    .map((state) => [String(counts[state]), `<i class="dot ${state}"></i>${state}`]);
  if (time.elapsed > 0) facts.push([durationText(time.elapsed), "running time"]);
  if (saved !== undefined) facts.push([percentText(saved.share), "of all steps saved by pruning"]);
  const goals = study.directions.map((direction, i) =>
    study.directions.length === 1 ? direction : `${direction} ${objectiveName(study, i)}`,
  );
  const goal = study.directions.length === 1 ? `${goals[0]} ${objectiveName(study, 0)}` : goals.join(", ");
  return `<p class="goal">${escapeHtml(goal)}, ${countText(study.trials.length, "trial")}</p>
<div class="facts">${facts.map(([figure, label]) => `<div><b>${figure}</b><span>${label}</span></div>`).join("")}</div>`;
}

export function bestSection(study: StudyRecord, { best, front, saved, finished }: StudySummary): string {
  const savings = saved === undefined ? "" : `<p>${savingsText(saved)}</p>`;
  if (best !== undefined)
    return `<section class="best"><h2>Best trial</h2>
<p class="value"><b>${numberText(best.values?.[0] as number, 6)}</b> ${escapeHtml(objectiveName(study, 0))}, trial ${best.number}</p>
${parameterList(best)}${savings}</section>`;
  if (front.length > 0)
    return `<section class="best"><h2>Best trials</h2>
<p>${countText(front.length, "trial")} of ${finished} finished ${front.length === 1 ? "is" : "are"} on the Pareto front:
none is beaten by another in every objective.</p>
<div class="scroll">${trialTable(study, front)}</div></section>`;
  return `<section class="best"><h2>Best trial</h2><p>No trial is complete yet.</p></section>`;
}

export function trialsSection(study: StudyRecord): string {
  if (study.trials.length === 0) return "";
  return `<section><h2>All trials</h2><p>In the order in which they were begun. A pruned trial's value is the last one that it reported.</p>
<div class="scroll">${trialTable(study, study.trials)}</div></section>`;
}

function parameterList({ parameters }: TrialRecord): string {
  const rows = Object.entries(parameters).map(
    ([name, value]) =>
      `<dt>${escapeHtml(name)}</dt><dd title="${escapeHtml(String(value))}">${escapeHtml(parameterText(value))}</dd>`,
  );
  return rows.length === 0 ? "<p>It has no parameters.</p>" : `<dl>${rows.join("")}</dl>`;
}

function trialTable(study: StudyRecord, trials: readonly TrialRecord[]): string {
  const names = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
  const failures = trials.some((trial) => failureReason(trial) !== undefined);
  const stepping = trials.some(({ reports }) => reports.size > 0);
  const head = [
    "trial",
    "state",
    ...study.directions.map((_, i) => objectiveName(study, i)),
    ...names,
    ...(stepping ? ["steps"] : []),
    "time",
    ...(failures ? ["reason"] : []),
  ];
  const rows = trials.map((trial) => {
    const duration = isFinished(trial) ? durationOf(trial) : undefined;
    const cells = [
      String(trial.number),
      `<i class="dot ${trial.state}"></i>${trial.state}`,
      ...study.directions.map((_, i) => valueText(trial.values?.[i])),
      ...names.map((name) => escapeHtml(parameterText(trial.parameters[name]))),
      ...(stepping ? [trial.reports.size === 0 ? "" : String(trial.reports.size)] : []),
      duration === undefined ? "" : durationText(duration),
      ...(failures ? [escapeHtml(failureReason(trial) ?? "")] : []),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr>${head.map((name) => `<th>${escapeHtml(name)}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

function valueText(value: number | undefined): string {
  return value === undefined ? "" : numberText(value, 5);
}
