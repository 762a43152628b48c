// Draws digits as text, side by side, with what a model takes them for.
import type { Dataset } from "netwright";

const SHADES = " .:-=+*#%@";

/** The first rows of a data set of images, as many as there are labels, with the predicted label above each. */
export function digitsAsText(data: Dataset, labels: readonly string[]): string {
  const [, height = 0, width = 0] = data.inputShape;
  const size = height * width;
  const ink = (row: number, pixel: number) => {
    const value = data.input[row * size + pixel] ?? 0;
    return SHADES[Math.min(SHADES.length - 1, Math.max(0, Math.floor(value * SHADES.length)))];
  };
  const heading = labels.map((label) => `predicted ${label}`.padEnd(width)).join("  ");
  const lines = Array.from({ length: height }, (_, y) =>
    labels.map((_, row) => Array.from({ length: width }, (_, x) => ink(row, y * width + x)).join("")).join("  "),
  );
  return [heading, ...lines].join("\n");
}
