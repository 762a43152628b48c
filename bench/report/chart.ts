// A bar chart of how many times faster netwright is than each peer.
import type { Row } from "../rows/row.js";
import { short } from "../statistics.js";
import { bar } from "./table.js";

const WIDTH = 40;

/** Bars from 1 on a logarithmic scale, for ratios of 0.5 and of 19 stand beside each other: to the right faster, `<` slower. */
export function ratioChart(rows: readonly Row[]): string {
  const bars = rows.flatMap(({ title, threads, ratios }) =>
    Object.entries(ratios).map(([peer, { median }]) => ({ label: `${title}, ${threads}t: ${peer}`, median })),
  );
  if (bars.length === 0) return "";
  const widest = Math.max(...bars.map(({ label }) => label.length));
  const longest = Math.max(1, ...bars.map(({ median }) => Math.log2(median)));
  const lines = bars.map(({ label, median }) => {
    const length = (Math.log2(median) / longest) * WIDTH;
    const drawn = median >= 1 ? bar(length) : "<".repeat(Math.max(1, Math.min(WIDTH, Math.round(-length))));
    return `${label.padEnd(widest)} |${drawn} ${short(median)}`;
  });
  return ["Times faster than the peer (bars: logarithmic, from 1; < slower)", ...lines].join("\n");
}
