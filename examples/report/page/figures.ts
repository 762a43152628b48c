// The figures that sections use: values with intervals beside each other, and curves with bands.
import type { Figure } from "../section.js";
import type { Estimate } from "../measuring/statistics.js";

/** Told apart in print and by most colour-blind readers (Okabe and Ito 2008). */
export const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"] as const;

export interface Axes {
  /** With the unit. */
  readonly x: string;
  readonly y: string;
  readonly xType?: "linear" | "log" | "category";
  readonly yType?: "linear" | "log";
  /** Of a log axis in powers of ten. */
  readonly yRange?: readonly [number, number];
  /** Values that there can be: intervals are not drawn beyond them. */
  readonly yBounds?: readonly [number, number];
  /** Plotly's, such as `.1%`. */
  readonly yFormat?: string;
}

/** Of accuracies and other shares of 1. */
export const shareAxis = { yFormat: ".1%", yBounds: [0, 1] } as const satisfies Partial<Axes>;

export interface IntervalSeries {
  readonly name: string;
  /** By the category's name. */
  readonly estimates: ReadonlyMap<string, Estimate>;
}

/** For each category the mean as a dot, its interval as a bar, and the single trainings as small dots. */
export function intervalFigure(caption: string, axes: Axes, series: readonly IntervalSeries[]): Figure {
  const categories = [...new Set(series.flatMap(({ estimates }) => [...estimates.keys()]))];
  const shift = (i: number) => (i - (series.length - 1) / 2) * 0.2;
  const data = series.flatMap(({ name, estimates }, i) => {
    const color = colors[i % colors.length];
    const present = categories.flatMap((category, at) => {
      const found = estimates.get(category);
      return found === undefined ? [] : [{ at: at + shift(i), ...found }];
    });
    const singles = present.flatMap(({ at, values }) => values.map((value) => ({ at: at + 0.07, value })));
    return [
      {
        type: "scatter",
        mode: "markers",
        x: singles.map(({ at }) => at),
        y: singles.map(({ value }) => value),
        marker: { color, size: 5, opacity: 0.35 },
        showlegend: false,
        hoverinfo: "y",
      },
      {
        type: "scatter",
        mode: "markers",
        name,
        x: present.map(({ at }) => at),
        y: present.map(({ mean }) => mean),
        error_y: {
          type: "data",
          symmetric: false,
          array: present.map(({ mean, high }) => finite(bounded(axes, high) - mean)),
          arrayminus: present.map(({ mean, low }) => finite(mean - bounded(axes, low))),
          color,
          thickness: 1.6,
          width: 5,
        },
        marker: { color, size: 9 },
        hoverinfo: "y+name",
      },
    ];
  });
  const xaxis = {
    ...axis(axes.x),
    tickvals: categories.map((_, i) => i),
    ticktext: categories,
    range: [-0.5, categories.length - 0.5],
    showgrid: false,
  };
  return { kind: "figure", caption, data, layout: { ...layout(axes, series.length > 1), xaxis } };
}

export interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  /** One for each x; a null leaves a gap. */
  readonly y: readonly (Estimate | null)[];
  /** Steps from one point to the next: a best-so-far. Default straight lines. */
  readonly steps?: boolean;
}

/** Lines of means, each in a band of its interval. */
export function curveFigure(caption: string, axes: Axes, curves: readonly Curve[]): Figure {
  const data = curves.flatMap(({ name, x, y, steps }, i) => {
    const color = colors[i % colors.length] as string;
    const shape = steps ? "hv" : "linear";
    const known = x.flatMap((at, k) => {
      const found = y[k];
      return found === null || found === undefined ? [] : [{ at, ...found }];
    });
    const edge = { type: "scatter", mode: "lines", x: known.map(({ at }) => at), showlegend: false, hoverinfo: "skip" };
    const hasBand = known.every(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
    const band = [
      { ...edge, y: known.map(({ low }) => bounded(axes, low)), line: { width: 0, shape } },
      {
        ...edge,
        y: known.map(({ high }) => bounded(axes, high)),
        line: { width: 0, shape },
        fill: "tonexty",
        fillcolor: `${color}26`,
      },
    ];
    const line = {
      type: "scatter",
      mode: known.length === 1 ? "markers" : "lines",
      name,
      x: known.map(({ at }) => at),
      y: known.map(({ mean }) => mean),
      line: { color, width: 2, shape },
      hoverinfo: "x+y+name",
    };
    return hasBand ? [...band, line] : [line];
  });
  const frame = layout(axes, curves.length > 1);
  return {
    kind: "figure",
    caption,
    data,
    layout: { ...frame, xaxis: { ...(frame.xaxis as object), ...wholeTicks(curves) } },
  };
}

/** A few epochs get a tick each, not fractions. */
function wholeTicks(curves: readonly Curve[]): object {
  const x = curves.flatMap((curve) => [...curve.x]);
  return x.every(Number.isInteger) && Math.max(...x) - Math.min(...x) <= 12 ? { dtick: 1 } : {};
}

/** What a layout starts from: axes named, room for a legend above. */
export function layout(axes: Axes, showlegend: boolean): Figure["layout"] {
  return {
    height: 360,
    margin: { l: 76, r: 20, t: showlegend ? 40 : 16, b: 56 },
    showlegend,
    legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" },
    hovermode: "closest",
    xaxis: { ...axis(axes.x), ...(axes.xType && { type: axes.xType }) },
    yaxis: {
      ...axis(axes.y),
      ...(axes.yType && { type: axes.yType }),
      ...(axes.yRange && { range: axes.yRange }),
      ...(axes.yFormat && { tickformat: axes.yFormat }),
    },
  };
}

function axis(title: string): object {
  return { title: { text: title }, zeroline: false, automargin: true, gridcolor: "#e4e7eb", linecolor: "#9aa3af" };
}

function bounded(
  { yBounds: [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] }: Axes,
  value: number,
): number {
  return Math.min(most, Math.max(least, value));
}

/** Plotly draws no bar for what JSON carries as null. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
