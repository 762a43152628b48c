// The tables of the suite, as text.
import { bestProduct, type Roofline } from "../roofline.js";
import type { Breakdown } from "../rows/breakdown.js";
import { OWN, type Row } from "../rows/row.js";
import type { ScalingSeries } from "../rows/scaling.js";
import type { StartUp } from "../rows/start_up.js";
import type { Together } from "../rows/together.js";
import { percent, short, threadsText } from "../statistics.js";
import { table } from "./table.js";

/** A line for every pair of row and peer; what does not depend on the peer stands in the first of them. */
export function comparisonTable(what: string, rows: readonly Row[]): string {
  const besides = [...new Set(rows.flatMap(({ beside }) => Object.keys(beside ?? {})))];
  const head = [
    what,
    "threads",
    OWN,
    "limit",
    "reached",
    ...besides,
    "peer",
    "its ms",
    "times faster",
    "least",
    "most",
  ];
  const lines = rows.flatMap(({ title, threads, medians, ratios, leastMilliseconds, beside }) => {
    const own = [
      title,
      String(threads),
      short(medians[OWN]),
      short(leastMilliseconds),
      percent(leastMilliseconds && leastMilliseconds / (medians[OWN] ?? Number.NaN)),
      ...besides.map((what) => short(beside?.[what])),
    ];
    const peers = Object.entries(ratios).map(([peer, ratio]) => [
      peer,
      ...[medians[peer], ratio.median, ratio.least, ratio.most].map(short),
    ]);
    return peers.length === 0 ? [own] : peers.map((peer, i) => [...(i === 0 ? own : own.map(() => "")), ...peer]);
  });
  return table(head, lines, ["peer"]);
}

export function rooflineTable(rooflines: readonly Roofline[]): string {
  const best = (rates: readonly { gflops: number }[] | undefined) =>
    short(rates && Math.max(...rates.map(({ gflops }) => gflops)));
  const first = rooflines[0];
  const size = (bytes: number) =>
    bytes < 2 ** 20 ? `${Math.round(bytes / 2 ** 10)} KiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
  return table(
    [
      "at most",
      "best product",
      first?.blas?.name ?? "no BLAS",
      "builtin",
      ...(first?.triad ?? []).map(({ bytesPerThread }) => `GB/s in ${size(bytesPerThread)}`),
    ],
    rooflines.map((roofline) => [
      `GFLOP/s, ${threadsText(roofline.threads)}`,
      short(bestProduct(roofline)),
      best(roofline.blas?.sgemm),
      best(roofline.builtin),
      ...roofline.triad.map(({ gbytes }) => short(gbytes)),
    ]),
  );
}

/** Ops below this share of a step, or after so many, are in the JSON only. */
const LEAST_SHARE = 0.02;
const MOST_OPS = 6;

export function breakdownTables(breakdowns: readonly Breakdown[]): string {
  return breakdowns
    .map(({ title, threads, milliseconds, ops }) => {
      const shown = ops.filter(({ share }) => share >= LEAST_SHARE).slice(0, MOST_OPS);
      const rest = ops.slice(shown.length).reduce((sum, op) => sum + op.share, 0);
      const lines = shown.map((op) => [
        op.phase === "update" ? `${op.op}, update` : op.op,
        short(op.milliseconds),
        percent(op.share),
        op.gflops === 0 ? "" : short(op.gflops),
        op.gbytes === 0 ? "" : short(op.gbytes),
        percent(op.leastMilliseconds && op.leastMilliseconds / op.milliseconds),
      ]);
      if (rest > 0) lines.push([`${ops.length - shown.length} others`, short(rest * milliseconds), percent(rest)]);
      const head = ["op", "ms", "share", "GFLOP/s", "GB/s", "of the limit"];
      return `${title}, ${threadsText(threads)}: ${short(milliseconds)} ms with the clock read at every kernel\n${table(head, lines)}`;
    })
    .join("\n\n");
}

export function scalingTables(series: readonly ScalingSeries[], rooflines: ReadonlyMap<number, Roofline>): string {
  return series
    .map(({ series: name, title, points }) => {
      const first = points[0];
      const rows = points.map(({ what, batch, threads, milliseconds, operations }) => {
        const roofline = rooflines.get(threads);
        const rate = operations / milliseconds / 1e6;
        const base = name === "threads" ? points.find((point) => point.batch === batch) : first;
        return [
          what,
          short(milliseconds),
          short((milliseconds * 1e3) / batch),
          short(milliseconds / (base?.milliseconds ?? Number.NaN)),
          short(operations / (base?.operations ?? Number.NaN)),
          short(rate),
          percent(roofline && rate / bestProduct(roofline)),
        ];
      });
      const head = [name, "ms a step", "us an example", "times the first", "its work", "GFLOP/s", "of the limit"];
      return `${title}\n${table(head, rows)}`;
    })
    .join("\n\n");
}

export function togetherText({ trainings, cores, epochs, alone, together, efficiency }: Together): string {
  const rates = alone.map((rate) => short(rate)).join(" and ");
  return (
    `${trainings} USPS trainings of ${epochs} epochs side by side, a thread each: ${short(together)} rows a second; ` +
    `one alone ${rates} (before and after): ${percent(efficiency)} of ${cores} cores`
  );
}

export function startUpText({ processes, importMilliseconds, firstStepMilliseconds }: StartUp): string {
  return (
    `import "netwright": ${short(importMilliseconds)} ms; from a new Trainer of the USPS network to the end of its first ` +
    `step: ${short(firstStepMilliseconds)} ms (medians of ${processes} fresh processes)`
  );
}
