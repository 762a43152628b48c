// Plot of the learning curves: what each trial reported, step by step, and where pruning ended it.
import { bestTrial, type Direction, type StudyRecord, type TrialRecord, type TrialState } from "../record.js";
import { objectiveName } from "../summary.js";
import type { Coordinate, Figure, ScatterTrace } from "./figure.js";
import { padded, valueRange } from "./scale.js";
import { baseLayout, bestColor, hoverLines, plotText, stateColors, valueLine } from "./theme.js";

/** Undefined when no trial reported anything. */
export function intermediateFigure(study: StudyRecord): Figure | undefined {
  const reporting = study.trials.filter(({ reports }) => reports.size > 0);
  if (reporting.length === 0) return undefined;
  const name = objectiveName(study, 0);
  const best = study.directions.length === 1 ? bestTrial(study) : undefined;
  const of = (state: TrialState) => reporting.filter((trial) => trial.state === state && trial !== best);
  const many = reporting.length > 200;
  const data: ScatterTrace[] = [];
  const add = (trials: readonly TrialRecord[], label: string, color: string, width: number, opacity: number) => {
    if (trials.length > 0) data.push({ ...curves(trials, name), name: label, line: { color, width }, opacity });
  };
  const pruned = of("pruned");
  add(pruned, "pruned", stateColors.pruned, 1, many ? 0.25 : 0.5);
  if (pruned.length > 0) data.push(ends(pruned, many ? 3 : 5));
  add(of("failed"), "failed", stateColors.failed, 1, 0.6);
  add(of("complete"), "complete", stateColors.complete, 1.2, many ? 0.4 : 0.75);
  add(of("running"), "running", stateColors.running, 1.8, 1);
  if (best !== undefined && best.reports.size > 0) add([best], `best (trial ${best.number})`, bestColor, 2.6, 1);
  const values = reporting.flatMap(({ reports }) => [...reports.values()]);
  const range = valueRange(values, study.directions[0] as Direction);
  return {
    data,
    layout: {
      ...baseLayout,
      height: 400,
      xaxis: { title: { text: "step" }, zeroline: false },
      yaxis: {
        title: { text: `reported ${plotText(name)}` },
        zeroline: false,
        automargin: true,
        ...(range !== undefined && { range: padded(range) }),
      },
    },
  };
}

/** All curves in one trace, a gap after each: thousands of traces would make a page slow. */
function curves(trials: readonly TrialRecord[], name: string): ScatterTrace {
  const x: Coordinate[] = [];
  const y: Coordinate[] = [];
  const hovertext: string[] = [];
  let single = true;
  for (const trial of trials) {
    const steps = sortedSteps(trial);
    single &&= steps.length === 1;
    for (const [step, value] of steps) {
      x.push(step);
      y.push(Number.isFinite(value) ? value : null);
      hovertext.push(hoverLines(`trial ${trial.number}, step ${step}`, valueLine(name, value)));
    }
    x.push(null);
    y.push(null);
    hovertext.push("");
  }
  // A line of one point is not seen.
  return { type: "scatter", mode: single ? "markers" : "lines", x, y, hovertext, hoverinfo: "text" };
}

function ends(trials: readonly TrialRecord[], size: number): ScatterTrace {
  const last = trials.map((trial) => sortedSteps(trial).at(-1) as [number, number]);
  return {
    type: "scatter",
    mode: "markers",
    name: "ended by the pruner",
    x: last.map(([step]) => step),
    y: last.map(([, value]) => (Number.isFinite(value) ? value : null)),
    marker: { color: stateColors.pruned, symbol: "x", size, opacity: 0.7 },
    hoverinfo: "skip",
  };
}

/** By step: a trial may report out of order. */
function sortedSteps({ reports }: TrialRecord): [number, number][] {
  return [...reports].toSorted(([a], [b]) => a - b);
}
