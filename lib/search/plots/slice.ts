// Plot of the value against each parameter: small panels beside each other.
import type { Direction, StudyRecord, TrialRecord } from "../record.js";
import { objectiveName, summarize } from "../summary.js";
import { parameterText, shorten } from "../text/numbers.js";
import type { Axis, Figure, ScatterTrace } from "./figure.js";
import { axisKey, axisName, panels } from "./panels.js";
import { linearTicks, padded, type ParameterScale, parameterScale, valueRange } from "./scale.js";
import { baseLayout, hoverLines, orderScale, plotText, valueLine } from "./theme.js";

/**
 * Complete trials, coloured from the first to the last: where the late ones gather, the sampler was looking closer.
 * Undefined when there is none, or no parameter.
 * @param objective which one, from 0
 */
export function sliceFigure(study: StudyRecord, objective = 0): Figure | undefined {
  const trials = study.trials.filter(({ state }) => state === "complete");
  const names = summarize({ ...study, trials }).parameters;
  if (names.length === 0) return undefined;
  const columns = Math.min(names.length, names.length === 4 ? 2 : 3);
  const grid = panels(names.length, columns, names.length <= columns ? 320 : 250);
  const range = valueRange(
    trials.map(({ values }) => values?.[objective] as number),
    study.directions[objective] as Direction,
  );
  const last = study.trials.at(-1)?.number ?? 0;
  const data: ScatterTrace[] = [];
  const axes: Record<string, Axis> = {};
  for (const [panel, name] of names.entries()) {
    const scale = parameterScale(trials, name);
    const having = trials.filter(({ parameters }) => Object.hasOwn(parameters, name));
    data.push({
      ...points(having, scale, objectiveName(study, objective), objective),
      xaxis: axisName("x", panel),
      yaxis: axisName("y", panel),
      marker: {
        color: having.map(({ number }) => number),
        colorscale: orderScale,
        cmin: 0,
        cmax: Math.max(1, last),
        size: trials.length > 500 ? 4 : 6,
        opacity: trials.length > 500 ? 0.55 : 0.8,
        ...(panel === 0 && {
          showscale: true,
          colorbar: {
            title: { text: "trial", side: "top" },
            thickness: 10,
            outlinewidth: 0,
            tickvals: linearTicks(0, Math.max(1, last)).filter(Number.isInteger),
          },
        }),
      },
    });
    axes[axisKey("x", panel)] = { ...parameterAxis(scale), domain: grid.x(panel), anchor: axisName("y", panel) };
    axes[axisKey("y", panel)] = {
      domain: grid.y(panel),
      anchor: axisName("x", panel),
      zeroline: false,
      nticks: 6,
      ...(panel > 0 && { matches: "y" }),
      ...(panel % columns === 0
        ? { title: { text: plotText(shorten(objectiveName(study, objective), 24)) }, automargin: true }
        : { showticklabels: false }),
      ...(range !== undefined && { range: padded(range) }),
    };
  }
  return { data, layout: { ...baseLayout, height: grid.height, showlegend: false, ...axes } };
}

function points(trials: readonly TrialRecord[], scale: ParameterScale, value: string, objective: number): ScatterTrace {
  return {
    type: "scatter",
    mode: "markers",
    name: plotText(scale.name),
    x: trials.map(({ parameters }) => {
      const found = parameters[scale.name];
      return scale.kind === "categorical" ? scale.choices.indexOf(String(found)) : (found as number);
    }),
    y: trials.map(({ values }) => values?.[objective] as number),
    hovertext: trials.map(({ number, parameters, values }) =>
      hoverLines(
        `trial ${number}`,
        `${scale.name}: ${parameterText(parameters[scale.name])}`,
        valueLine(value, values?.[objective]),
      ),
    ),
    hoverinfo: "text",
  };
}

/** Choices by their index: two choices may read alike once they are shortened. */
function parameterAxis(scale: ParameterScale): Axis {
  const title = { text: plotText(shorten(scale.name, 32)), standoff: 6 };
  if (scale.kind === "categorical")
    return {
      title,
      zeroline: false,
      range: [-0.5, scale.high + 0.5],
      tickvals: scale.choices.map((_, i) => i),
      ticktext: scale.choices.map((choice) => plotText(shorten(choice, scale.choices.length > 3 ? 9 : 14))),
    };
  if (scale.kind === "log") {
    const [low, high] = padded({ low: Math.log10(scale.low), high: Math.log10(scale.high) });
    const values = scale.ticks.map(({ position }) => scale.low * (scale.high / scale.low) ** position);
    return {
      title,
      type: "log",
      zeroline: false,
      range: [low, high],
      tickvals: values,
      ticktext: scale.ticks.map(({ text }) => text),
    };
  }
  return { title, zeroline: false, range: padded(scale), nticks: 6 };
}
