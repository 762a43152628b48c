// Plot of the parameter importances as bars, the most important on top.
import type { Importances } from "../summary.js";
import { percentText, shorten } from "../text/numbers.js";
import type { Figure } from "./figure.js";
import { baseLayout, hoverLines, plotText, stateColors } from "./theme.js";

/** Undefined without a parameter. */
export function importanceFigure(importances: Importances): Figure | undefined {
  // Plotly draws the first bar at the bottom.
  const rows = Object.entries(importances).toSorted(([, a], [, b]) => a - b);
  if (rows.length === 0) return undefined;
  return {
    data: [
      {
        type: "bar",
        orientation: "h",
        x: rows.map(([, importance]) => importance),
        y: rows.map((_, i) => i),
        text: rows.map(([, importance]) => percentText(importance)),
        textposition: "outside",
        cliponaxis: false,
        marker: { color: stateColors.complete },
        hovertext: rows.map(([name, importance]) => hoverLines(name, percentText(importance))),
        hoverinfo: "text",
      },
    ],
    layout: {
      ...baseLayout,
      margin: { l: 24, r: 64, t: 32, b: 48 },
      height: 106 + 28 * Math.max(2, rows.length),
      showlegend: false,
      bargap: 0.35,
      xaxis: { title: { text: "share of the value's variation" }, tickformat: ".0%", zeroline: false },
      yaxis: {
        tickvals: rows.map((_, i) => i),
        ticktext: rows.map(([name]) => plotText(shorten(name, 32))),
        automargin: true,
        showgrid: false,
        zeroline: false,
      },
    },
  };
}
