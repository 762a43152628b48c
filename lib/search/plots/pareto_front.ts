// Plot of the trials of a study with several objectives: one panel for every pair of objectives, the Pareto front marked.
import { paretoFront, type StudyRecord, type TrialRecord } from "../record.js";
import { objectiveName } from "../summary.js";
import type { Axis, Figure, ScatterTrace } from "./figure.js";
import { axisKey, axisName, panels } from "./panels.js";
import { baseLayout, bestColor, hoverLines, plotText, stateColors, valueLine } from "./theme.js";

/** Undefined for one objective, and when no trial is complete. */
export function paretoFrontFigure(study: StudyRecord): Figure | undefined {
  const count = study.directions.length;
  const complete = study.trials.filter(({ state }) => state === "complete");
  if (count < 2 || complete.length === 0) return undefined;
  const pairs = Array.from({ length: count }, (_, a) => a).flatMap((a) =>
    Array.from({ length: count - a - 1 }, (_, i) => [a, a + 1 + i] as const),
  );
  const front = new Set(paretoFront(study));
  const grid = panels(pairs.length, Math.min(pairs.length, 3), pairs.length === 1 ? 400 : 300);
  const data: ScatterTrace[] = [];
  const axes: Record<string, Axis> = {};
  for (const [panel, [a, b]] of pairs.entries()) {
    const title = (objective: number) =>
      plotText(`${objectiveName(study, objective)} (${study.directions[objective]})`);
    axes[axisKey("x", panel)] = {
      domain: grid.x(panel),
      anchor: axisName("y", panel),
      title: { text: title(a) },
      zeroline: false,
    };
    axes[axisKey("y", panel)] = {
      domain: grid.y(panel),
      anchor: axisName("x", panel),
      title: { text: title(b) },
      zeroline: false,
    };
    const points = (trials: readonly TrialRecord[], name: string, color: string, size: number): ScatterTrace => ({
      type: "scatter",
      mode: "markers",
      name,
      x: trials.map(({ values }) => values?.[a] as number),
      y: trials.map(({ values }) => values?.[b] as number),
      xaxis: axisName("x", panel),
      yaxis: axisName("y", panel),
      marker: { color, size, opacity: 0.85 },
      showlegend: panel === 0,
      legendgroup: name,
      hovertext: trials.map((trial) =>
        hoverLines(
          `trial ${trial.number}`,
          ...study.directions.map((_, i) => valueLine(objectiveName(study, i), trial.values?.[i])),
        ),
      ),
      hoverinfo: "text",
    });
    const others = complete.filter((trial) => !front.has(trial));
    if (others.length > 0) data.push(points(others, "other trials", stateColors.pruned, 6));
    data.push(points([...front], "Pareto front", bestColor, 9));
  }
  return { data, layout: { ...baseLayout, height: grid.height, ...axes } };
}
