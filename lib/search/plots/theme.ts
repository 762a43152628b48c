// Colours and layout that all plots share: every colour reads on white and on black.
import type { TrialState } from "../record.js";
import { numberText } from "../text/numbers.js";
import type { ColorScale, Layout } from "./figure.js";

export const stateColors: Readonly<Record<TrialState, string>> = {
  complete: "#3b82f6",
  pruned: "#9aa0a8",
  failed: "#dc4c4c",
  running: "#e0962b",
  waiting: "#7c6fb0",
};

/** In the order in which legends and counts name them. */
export const states: readonly TrialState[] = ["complete", "pruned", "failed", "running", "waiting"];

export const bestColor = "#e0218a";

/** From 0, worst, to 1, best: grey fades into the page whether this is light or dark, and the best stand out. */
export const valueScale: ColorScale = [
  [0, "#a3a8b0"],
  [0.5, "#6f95e8"],
  [0.8, "#8b5cf6"],
  [1, bestColor],
];

/** From the first trial to the last. */
export const orderScale: ColorScale = [
  [0, "#b0b5bd"],
  [0.5, "#5aa9d6"],
  [1, "#2563eb"],
];

/** From -1 to 1; what says nothing fades into the page. */
export const correlationScale: ColorScale = [
  [0, "#e0962b"],
  [0.5, "#8a8f9830"],
  [1, "#3b82f6"],
];

/** What a layout starts from; room on top for a legend. */
export const baseLayout = {
  margin: { l: 64, r: 24, t: 40, b: 52 },
  hovermode: "closest",
  showlegend: true,
  legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" },
} as const satisfies Partial<Layout>;

/** The colour at a position from 0 to 1 of a scale. */
export function colorAt(scale: ColorScale, position: number): string {
  const at = Math.min(1, Math.max(0, position));
  const next = scale.findIndex(([stop]) => stop >= at);
  const [high, highColor] = scale[next] as readonly [number, string];
  const [low, lowColor] = scale[Math.max(0, next - 1)] as readonly [number, string];
  const weight = high === low ? 1 : (at - low) / (high - low);
  const channels = [1, 3, 5].map((i) => {
    const [a, b] = [lowColor, highColor].map((color) => Number.parseInt(color.slice(i, i + 2), 16)) as [number, number];
    return Math.round(a + (b - a) * weight)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${channels.join("")}`;
}

/** Text that a user wrote, for a figure: Plotly reads tags and entities in its texts. */
export function plotText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Lines of a text at the pointer; escapes them. */
export function hoverLines(...lines: readonly (string | undefined)[]): string {
  return lines
    .filter((line) => line !== undefined)
    .map(plotText)
    .join("<br>");
}

export function valueLine(name: string, value: number | undefined): string {
  return `${name}: ${value === undefined ? "none" : numberText(value, 6)}`;
}
