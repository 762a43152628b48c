// Where small multiples stand in a figure, how Plotly names their axes, and the axis of trial numbers.
import type { StudyRecord } from "../record.js";
import type { Axis } from "./figure.js";

export interface Panels {
  readonly height: number;
  /** The horizontal share of the figure that a panel takes. */
  x(panel: number): [number, number];
  y(panel: number): [number, number];
}

/**
 * Rows of panels, filled from the top left.
 * @param rowHeight in pixels, labels included
 */
export function panels(count: number, columns: number, rowHeight: number): Panels {
  const rows = Math.ceil(count / columns);
  const margins = 92;
  // Room for tick labels and titles between panels: 74 pixels of height, a share of the width.
  const gapX = columns === 1 ? 0 : 0.05;
  const inner = rows * rowHeight - 74;
  const gapY = 74 / inner;
  const width = (1 - gapX * (columns - 1)) / columns;
  const height = (1 - gapY * (rows - 1)) / rows;
  return {
    height: inner + margins,
    x: (panel) => {
      const start = (panel % columns) * (width + gapX);
      return [start, Math.min(1, start + width)];
    },
    y: (panel) => {
      const start = (rows - 1 - Math.floor(panel / columns)) * (height + gapY);
      return [Math.max(0, start), Math.min(1, start + height)];
    },
  };
}

/** `xaxis`, `xaxis2`, ...: the key in a layout. */
export function axisKey(letter: "x" | "y", panel: number): `xaxis${number | ""}` | `yaxis${number | ""}` {
  return `${letter}axis${panel === 0 ? "" : panel + 1}`;
}

/** `x`, `x2`, ...: the name in a trace. */
export function axisName(letter: "x" | "y", panel: number): string {
  return `${letter}${panel === 0 ? "" : panel + 1}`;
}

/** Whole trial numbers only, room at both ends. */
export function trialAxis({ trials }: StudyRecord): Axis {
  const last = trials.at(-1)?.number ?? 0;
  const room = Math.max(0.5, 0.02 * last);
  return { range: [-room, last + room], ...(last < 10 && { dtick: 1 }) };
}
