// Plot of how parameters go together with the value and with each other, as a table of colours.
import { correlations } from "../correlations.js";
import type { StudyRecord } from "../record.js";
import { objectiveName } from "../summary.js";
import { shorten } from "../text/numbers.js";
import type { Figure } from "./figure.js";
import { baseLayout, correlationScale, hoverLines, plotText } from "./theme.js";

/** Spearman's rank correlations of complete trials: objectives on top, then the parameters. Undefined where nothing can be told. */
export function correlationsFigure(study: StudyRecord): Figure | undefined {
  const { parameters, between, withObjectives } = correlations(study);
  const rows = [
    ...study.directions.map((_, objective) => ({
      name: objectiveName(study, objective),
      values: withObjectives.map((of) => of[objective] as number),
    })),
    ...parameters.map((name, i) => ({ name, values: between[i] as readonly number[] })),
  ].reverse(); // Plotly draws the first row at the bottom.
  const told = withObjectives.some((values) => values.some((value) => !Number.isNaN(value)));
  if (!told) return undefined;
  const cells = rows.map(({ values }) => values.map((value) => (Number.isNaN(value) ? null : value)));
  const hover = rows.map(({ name, values }) =>
    values.map((value, i) =>
      hoverLines(
        `${name} and ${parameters[i]}`,
        Number.isNaN(value) ? "nothing can be told" : `rank correlation ${value.toFixed(2)}`,
      ),
    ),
  );
  return {
    data: [
      {
        type: "heatmap",
        x: parameters.map((_, i) => i),
        y: rows.map((_, i) => i),
        z: cells,
        zmin: -1,
        zmax: 1,
        colorscale: correlationScale,
        xgap: 2,
        ygap: 2,
        // Numbers in cells that are too small for them would only be noise.
        ...(parameters.length <= 10 && {
          text: cells.map((row) => row.map((value) => (value === null ? "" : value.toFixed(2)))),
          texttemplate: "%{text}",
        }),
        colorbar: { thickness: 12, outlinewidth: 0, tickvals: [-1, -0.5, 0, 0.5, 1] },
        hovertext: hover,
        hoverinfo: "text",
      },
    ],
    layout: {
      ...baseLayout,
      margin: { l: 24, r: 24, t: 24, b: 60 },
      height: 140 + 32 * rows.length,
      showlegend: false,
      xaxis: {
        tickvals: parameters.map((_, i) => i),
        ticktext: parameters.map((name) => plotText(shorten(name, 18))),
        ...(parameters.length > 6 && { tickangle: -25 }),
        automargin: true,
        showgrid: false,
        zeroline: false,
      },
      yaxis: {
        tickvals: rows.map((_, i) => i),
        ticktext: rows.map(({ name }) => plotText(shorten(name, 24))),
        automargin: true,
        showgrid: false,
        zeroline: false,
      },
    },
  };
}
