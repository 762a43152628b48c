// Plot of all parameters beside each other: every trial is a line from axis to axis, coloured by its rank.
import type { Direction, StudyRecord, TrialRecord } from "../record.js";
import { objectiveName, summarize } from "../summary.js";
import { numberText, parameterText, shorten } from "../text/numbers.js";
import type { Annotation, Coordinate, Figure, LineShape, ScatterTrace } from "./figure.js";
import { linearTicks, type ParameterScale, parameterScale, type Tick, type ValueRange, valueRange } from "./scale.js";
import { baseLayout, colorAt, hoverLines, plotText, stateColors, valueLine, valueScale } from "./theme.js";

/** Lines of one colour share a trace: thousands of traces would make a page slow. */
const COLORS = 24;
/** Where a line passes below an axis whose parameter the trial did not have. */
const ABSENT = -0.12;

interface Axis {
  readonly title: string;
  readonly ticks: readonly Tick[];
  position(trial: TrialRecord): number;
}

/**
 * Complete trials; the axis on the right is the value. Undefined when there is none, or no parameter.
 * @param objective which one, from 0
 */
export function parallelCoordinatesFigure(study: StudyRecord, objective = 0): Figure | undefined {
  const objectiveOf = ({ values }: TrialRecord) => values?.[objective] as number;
  const direction = study.directions[objective] as Direction;
  const trials = study.trials.filter((trial) => trial.state === "complete" && Number.isFinite(objectiveOf(trial)));
  const names = summarize({ ...study, trials }).parameters;
  const range = valueRange(trials.map(objectiveOf), direction);
  if (names.length === 0 || range === undefined) return undefined;
  const value = objectiveName(study, objective);
  const axes = [...names.map((name) => parameterAxis(trials, name)), valueAxis(value, range, objectiveOf)];
  // By the logarithm of the rank: however many trials there are and however close their values, few are vivid.
  const ranked = trials.toSorted((a, b) => compare(direction, objectiveOf(a), objectiveOf(b)));
  // The best are drawn last, above the others.
  const groups: TrialRecord[][] = Array.from({ length: COLORS }, () => []);
  for (const [rank, trial] of ranked.entries())
    groups[Math.round((1 - Math.log1p(rank) / Math.log1p(trials.length)) * (COLORS - 1))]?.push(trial);
  const data = groups
    .map((members, color) => lines(members, axes, names, value, objectiveOf, color / (COLORS - 1), trials.length))
    .filter(({ x }) => x.length > 0);
  const absent = axes.some((axis) => trials.some((trial) => axis.position(trial) === ABSENT));
  const slanted = axes.length > 7 || axes.some(({ title }) => title.length > 14);
  return {
    data,
    layout: {
      ...baseLayout,
      margin: { l: slanted ? 110 : 48, r: 24, t: 32, b: 40 },
      height: 440,
      showlegend: false,
      shapes: axes.map((_, i) => axisLine(i, absent)),
      annotations: axes.flatMap((axis, i) => labels(axis, i)),
      xaxis: {
        range: [-0.12, axes.length - 1 + 0.45],
        tickvals: axes.map((_, i) => i),
        ticktext: axes.map(({ title }) => plotText(shorten(title, axes.length > 8 ? 18 : 24))),
        tickangle: slanted ? -25 : 0,
        automargin: true,
        showgrid: false,
        zeroline: false,
        fixedrange: true,
      },
      yaxis: { visible: false, range: [absent ? -0.18 : -0.05, 1.06], fixedrange: true },
    },
  };
}

function parameterAxis(trials: readonly TrialRecord[], name: string): Axis {
  const scale: ParameterScale = parameterScale(trials, name);
  const missing = trials.some(({ parameters }) => !Object.hasOwn(parameters, name));
  return {
    title: name,
    ticks: missing ? [...scale.ticks, { position: ABSENT, text: "not used" }] : scale.ticks,
    position: ({ parameters }) =>
      Object.hasOwn(parameters, name) ? scale.position(parameters[name] as string | number) : ABSENT,
  };
}

function valueAxis(title: string, range: ValueRange, objectiveOf: (trial: TrialRecord) => number): Axis {
  return {
    title,
    ticks: linearTicks(range.low, range.high).map((value) => ({
      position: placeIn(range, value),
      text: numberText(value),
    })),
    position: (trial) => placeIn(range, objectiveOf(trial)),
  };
}

/** From 0 to 1; values outside the range lie on its end. */
function placeIn({ low, high }: ValueRange, value: number): number {
  return high === low ? 0.5 : Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function lines(
  trials: readonly TrialRecord[],
  axes: readonly Axis[],
  names: readonly string[],
  value: string,
  objectiveOf: (trial: TrialRecord) => number,
  goodness: number,
  total: number,
): ScatterTrace {
  const x: Coordinate[] = [];
  const y: Coordinate[] = [];
  const hovertext: string[] = [];
  for (const trial of trials) {
    const head = [`trial ${trial.number}`, valueLine(value, objectiveOf(trial))];
    for (const [i, axis] of axes.entries()) {
      x.push(i);
      y.push(axis.position(trial));
      const name = names[i];
      hovertext.push(hoverLines(...head, name === undefined ? undefined : parameterLine(trial, name)));
    }
    x.push(null);
    y.push(null);
    hovertext.push("");
  }
  const faint = total > 400 ? 0.08 : 0.35;
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color: colorAt(valueScale, goodness), width: goodness > 0.6 ? 2 : 1 },
    opacity: faint + (0.9 - faint) * goodness ** 2,
    hovertext,
    hoverinfo: "text",
  };
}

function parameterLine({ parameters }: TrialRecord, name: string): string {
  return `${name}: ${Object.hasOwn(parameters, name) ? parameterText(parameters[name]) : "not used"}`;
}

/** Below 0 when `a` is better. */
function compare(direction: Direction, a: number, b: number): number {
  return direction === "minimize" ? a - b : b - a;
}

function axisLine(index: number, absent: boolean): LineShape {
  return {
    type: "line",
    x0: index,
    x1: index,
    y0: absent ? ABSENT : 0,
    y1: 1,
    layer: "below",
    line: { color: stateColors.pruned, width: 1.2 },
  };
}

function labels({ ticks }: Axis, index: number): Annotation[] {
  return thinned(ticks).map(({ position, text }) => ({
    text: plotText(shorten(text, 12)),
    x: index,
    y: position,
    xanchor: "left",
    yanchor: "middle",
    xshift: 3,
    showarrow: false,
    font: { size: 11 },
  }));
}

/** At most twelve of many choices: more do not fit above each other. */
function thinned(ticks: readonly Tick[]): readonly Tick[] {
  const every = Math.ceil(ticks.length / 12);
  return ticks.filter((_, i) => i % every === 0);
}
