// Plot of the values over the trials in their order, with the best so far.
import { type Direction, isBetter, type StudyRecord, type TrialRecord } from "../record.js";
import { failureReason, objectiveName } from "../summary.js";
import type { Figure, ScatterTrace } from "./figure.js";
import { padded, valueRange } from "./scale.js";
import { trialAxis } from "./panels.js";
import { baseLayout, bestColor, hoverLines, plotText, stateColors, valueLine } from "./theme.js";

/**
 * Complete trials, pruned ones at their last report, failed ones on the lower edge, and the best value so far as steps.
 * Undefined when no trial has a value or failed.
 * @param objective which one, from 0
 */
export function historyFigure(study: StudyRecord, objective = 0): Figure | undefined {
  const name = objectiveName(study, objective);
  const direction = study.directions[objective] as Direction;
  const objectiveOf = ({ values }: TrialRecord) => values?.[objective];
  const valued = (state: string) =>
    study.trials.filter((trial) => trial.state === state && hasValue(objectiveOf(trial)));
  const complete = valued("complete");
  // A pruned trial has one value: several objectives are never pruned.
  const pruned = objective === 0 ? valued("pruned") : [];
  const failed = study.trials.filter(({ state }) => state === "failed");
  if (complete.length + pruned.length + failed.length === 0) return undefined;

  const points = (trials: readonly TrialRecord[], label: string, color: string, symbol: string): ScatterTrace => ({
    type: "scatter",
    mode: "markers",
    name: label,
    x: trials.map(({ number }) => number),
    y: trials.map((trial) => objectiveOf(trial) as number),
    marker: { color, symbol, size: study.trials.length > 500 ? 4 : 7, opacity: 0.85 },
    hovertext: trials.map((trial) =>
      hoverLines(`trial ${trial.number}, ${label}`, valueLine(name, objectiveOf(trial))),
    ),
    hoverinfo: "text",
  });
  const data: ScatterTrace[] = [];
  if (pruned.length > 0) data.push(points(pruned, "pruned", stateColors.pruned, "x-thin-open"));
  data.push(
    points(complete, "complete", stateColors.complete, "circle"),
    bestLine(complete, objectiveOf, direction, study),
  );
  if (failed.length > 0)
    data.push({
      type: "scatter",
      mode: "markers",
      name: "failed",
      x: failed.map(({ number }) => number),
      y: failed.map(() => 0.03),
      yaxis: "y2",
      marker: { color: stateColors.failed, symbol: "x", size: 7 },
      hovertext: failed.map((trial) => hoverLines(`trial ${trial.number}, failed`, failureReason(trial))),
      hoverinfo: "text",
    });
  const range = valueRange((complete.length > 0 ? complete : pruned).map(objectiveOf) as number[], direction);
  return {
    data,
    layout: {
      ...baseLayout,
      height: 380,
      xaxis: { title: { text: "trial" }, zeroline: false, ...trialAxis(study) },
      yaxis: {
        title: { text: plotText(name) },
        zeroline: false,
        automargin: true,
        ...(range !== undefined && { range: padded(range) }),
      },
      yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true },
    },
  };
}

/** Steps at the trials that were better than all before, drawn on to the last trial. */
function bestLine(
  complete: readonly TrialRecord[],
  objectiveOf: (trial: TrialRecord) => number | undefined,
  direction: Direction,
  study: StudyRecord,
): ScatterTrace {
  const x: number[] = [];
  const y: number[] = [];
  for (const trial of complete) {
    const value = objectiveOf(trial) as number;
    if (y.length > 0 && !isBetter(direction, value, y.at(-1) as number)) continue;
    x.push(trial.number);
    y.push(value);
  }
  const last = study.trials.at(-1)?.number;
  if (y.length > 0 && last !== undefined && last !== x.at(-1)) {
    x.push(last);
    y.push(y.at(-1) as number);
  }
  return {
    type: "scatter",
    mode: "lines",
    name: "best so far",
    x,
    y,
    line: { color: bestColor, width: 2, shape: "hv" },
    hoverinfo: "skip",
  };
}

function hasValue(value: number | undefined): value is number {
  return value !== undefined && !Number.isNaN(value);
}
