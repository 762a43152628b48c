// Figures hold the numbers of the study: every state, gaps, logarithms, several objectives, and nothing at all.
import { describe, expect, test } from "vitest";
import {
  categoricalDistribution,
  floatDistribution,
  intDistribution,
  type ParameterValue,
} from "../../../../lib/search/distribution.js";
import type { Figure, ScatterTrace, Trace } from "../../../../lib/search/plots/figure.js";
import { correlationsFigure } from "../../../../lib/search/plots/correlations.js";
import { historyFigure } from "../../../../lib/search/plots/history.js";
import { importanceFigure } from "../../../../lib/search/plots/importance.js";
import { intermediateFigure } from "../../../../lib/search/plots/intermediate.js";
import { parallelCoordinatesFigure } from "../../../../lib/search/plots/parallel_coordinates.js";
import { paretoFrontFigure } from "../../../../lib/search/plots/pareto_front.js";
import { sliceFigure } from "../../../../lib/search/plots/slice.js";
import { timelineFigure } from "../../../../lib/search/plots/timeline.js";
import { study, trainingStudy, trial } from "../sample_studies.js";

const named = (figure: Figure | undefined, name: string) =>
  figure?.data.find((trace: Trace) => trace.name === name) as ScatterTrace;

const rate = floatDistribution("rate", 1e-4, 1, { log: true });
const depth = intDistribution("depth", 1, 4);
const kind = categoricalDistribution("kind", ["<b>", "plain"]);

function complete(number: number, value: number, parameters: Record<string, ParameterValue>) {
  const all = { rate, depth, kind };
  const distributions = Object.fromEntries(
    Object.keys(parameters).map((name) => [name, all[name as keyof typeof all]]),
  );
  return trial(number, "complete", { values: [value], parameters, distributions });
}

describe("history", () => {
  const sample = study([
    trial(0, "complete", { values: [3] }),
    trial(1, "complete", { values: [5] }),
    trial(2, "failed", { systemAttributes: { "netwright:failure": { kind: "threw", message: "the loss is <NaN>" } } }),
    trial(3, "pruned", { values: [4] }),
    trial(4, "complete", { values: [1] }),
    trial(5, "failed"),
    trial(6, "running"),
  ]);

  test("values by trial, each state in a trace of its own", () => {
    const figure = historyFigure({ ...sample, directions: ["minimize"] });
    expect(named(figure, "complete")).toMatchObject({ x: [0, 1, 4], y: [3, 5, 1] });
    expect(named(figure, "pruned")).toMatchObject({ x: [3], y: [4] });
    expect(named(figure, "failed").x).toEqual([2, 5]);
    expect(named(figure, "failed").hovertext?.[0]).toBe("trial 2, failed<br>the loss is &lt;NaN&gt;");
  });

  test("the best so far follows the direction and goes on to the last trial", () => {
    const best = (direction: "minimize" | "maximize") =>
      named(historyFigure({ ...sample, directions: [direction] }), "best so far");
    expect(best("minimize")).toMatchObject({ x: [0, 4, 6], y: [3, 1, 1] });
    expect(best("maximize")).toMatchObject({ x: [0, 1, 6], y: [3, 5, 5] });
  });

  test("one trial that diverged does not press the others together", () => {
    const trials = Array.from({ length: 30 }, (_, i) =>
      trial(i, "complete", { values: [i === 7 ? 1e30 : 1 + i / 30] }),
    );
    const figure = historyFigure(study(trials, { directions: ["minimize"] }));
    const [low, high] = (figure as Figure).layout.yaxis?.range ?? [Number.NaN, Number.NaN];
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1.9);
    expect(high).toBeLessThan(3);
  });

  test("nothing to show is no figure", () => {
    expect(historyFigure(study([trial(0, "running"), trial(1, "waiting")]))).toBeUndefined();
  });
});

describe("learning curves", () => {
  test("by step, NaN as a gap, a gap between trials, pruned ones apart with their end", () => {
    const figure = intermediateFigure(
      study([
        trial(0, "complete", {
          values: [9],
          reports: new Map([
            [1, 8],
            [2, 9],
          ]),
        }),
        trial(1, "pruned", {
          values: [3],
          reports: new Map([
            [2, 3],
            [1, 2],
          ]),
        }),
        trial(2, "complete", {
          values: [5],
          reports: new Map([
            [1, Number.NaN],
            [2, 5],
          ]),
        }),
        trial(3, "complete", {
          values: [4],
          reports: new Map([
            [1, 4],
            [2, 4],
          ]),
        }),
      ]),
    );
    expect(named(figure, "best (trial 0)")).toMatchObject({ x: [1, 2, null], y: [8, 9, null] });
    expect(named(figure, "complete")).toMatchObject({
      x: [1, 2, null, 1, 2, null],
      y: [null, 5, null, 4, 4, null],
    });
    expect(named(figure, "pruned")).toMatchObject({ x: [1, 2, null], y: [2, 3, null], mode: "lines" });
    expect(named(figure, "ended by the pruner")).toMatchObject({ x: [2], y: [3] });
  });

  test("no reports, no figure; a curve of one report is a mark", () => {
    expect(intermediateFigure(study([trial(0, "complete", { values: [1] })]))).toBeUndefined();
    const one = intermediateFigure(study([trial(0, "running", { reports: new Map([[1, 2]]) })]));
    expect(named(one, "running").mode).toBe("markers");
  });
});

describe("slices", () => {
  const figure = sliceFigure(
    study([complete(0, 1, { rate: 0.01, kind: "plain" }), complete(1, 2, { rate: 0.1, kind: "<b>", depth: 3 })]),
  );

  test("a panel for each parameter with the trials that have it, choices by index and escaped", () => {
    expect(figure?.data.map(({ name, x, y, xaxis }) => ({ name, x, y, xaxis }))).toEqual([
      { name: "rate", x: [0.01, 0.1], y: [1, 2], xaxis: "x" },
      { name: "kind", x: [1, 0], y: [1, 2], xaxis: "x2" },
      { name: "depth", x: [3], y: [2], xaxis: "x3" },
    ]);
    expect(figure?.layout.xaxis).toMatchObject({ type: "log" });
    expect(figure?.layout.xaxis2).toMatchObject({ tickvals: [0, 1], ticktext: ["&lt;b&gt;", "plain"] });
    expect(figure?.layout.xaxis3?.type).toBeUndefined();
  });

  test("panels do not overlap", () => {
    const many = sliceFigure(trainingStudy({ trials: 40, parameters: 12 })) as Figure;
    const boxes = many.data.map(({ xaxis, yaxis }) => {
      const axis = (name: string) =>
        many.layout[`${name[0]}axis${name.slice(1)}` as "xaxis"]?.domain as [number, number];
      return [axis(xaxis as string), axis(yaxis as string)] as const;
    });
    expect(boxes).toHaveLength(12);
    for (const [i, [ax, ay]] of boxes.entries())
      for (const [bx, by] of boxes.slice(i + 1))
        expect(ax[1] <= bx[0] || bx[1] <= ax[0] || ay[1] <= by[0] || by[1] <= ay[0]).toBe(true);
  });
});

describe("parallel coordinates", () => {
  test("places on logarithmic, whole and categorical axes, the value on the right, absent ones below", () => {
    const figure = parallelCoordinatesFigure(
      study([
        complete(0, 10, { rate: 0.01, depth: 1, kind: "<b>" }),
        complete(1, 20, { rate: 1, depth: 4 }),
        trial(2, "failed"),
      ]),
    ) as Figure;
    const places = figure.data.map(({ y }) =>
      y.map((place) => (place === null ? null : Number((place as number).toFixed(6)))),
    );
    // The better one is drawn last.
    expect(places).toEqual([
      [0.5, 0, 0, 0, null],
      [1, 1, -0.12, 1, null],
    ]);
    expect(figure.layout.xaxis?.ticktext).toEqual(["rate", "depth", "kind", "value"]);
    const texts = (axis: number) => figure.layout.annotations?.filter(({ x }) => x === axis).map(({ text }) => text);
    expect(texts(0)).toEqual(["0.0001", "0.001", "0.01", "0.1", "1"]);
    expect(texts(1)).toEqual(["1", "2", "3", "4"]);
    expect(texts(2)).toEqual(["&lt;b&gt;", "plain", "not used"]);
  });

  test("with minimize the lowest value is drawn last", () => {
    const trials = [complete(0, 1, { depth: 2 }), complete(1, 2, { depth: 3 })];
    const last = parallelCoordinatesFigure(study(trials, { directions: ["minimize"] }))?.data.at(-1);
    expect(last?.hovertext?.[0]).toBe("trial 0<br>value: 1<br>depth: 2");
  });

  test("2,000 trials stay in a few traces", () => {
    const figure = parallelCoordinatesFigure(trainingStudy({ trials: 2000 }));
    expect(figure?.data.length).toBeLessThanOrEqual(24);
  });
});

test("importances: the largest bar on top, names escaped", () => {
  const figure = importanceFigure({ "<i>": 0.7, depth: 0.1, rate: 0.2 });
  expect(figure?.data[0]).toMatchObject({ x: [0.1, 0.2, 0.7], text: ["10 %", "20 %", "70 %"] });
  expect(figure?.layout.yaxis?.ticktext).toEqual(["depth", "rate", "&lt;i&gt;"]);
  expect(importanceFigure({})).toBeUndefined();
});

test("correlations: the objective on top, parameters with an order below, holes where nothing can be told", () => {
  const trials = [1, 2, 3].map((n) => complete(n - 1, n, { rate: 0.1 * n, depth: 4 - n, kind: "plain" }));
  const figure = correlationsFigure(study(trials));
  const [heatmap] = figure?.data ?? [];
  expect(heatmap).toMatchObject({
    type: "heatmap",
    z: [
      [-1, 1],
      [1, -1],
      [-1, 1],
    ],
  });
  expect(figure?.layout.yaxis?.ticktext).toEqual(["rate", "depth", "value"]);
  const alike = [1, 2].map((n) => complete(n - 1, n, { rate: 0.1 * n, depth: 2 }));
  const holes = correlationsFigure(study(alike))?.data[0] as { z?: (number | null)[][] };
  expect(holes.z?.at(-1)).toEqual([null, 1]);
  expect(correlationsFigure(study([trial(0, "running")]))).toBeUndefined();
});

test("Pareto front: a panel for each pair of objectives, the front apart from the others", () => {
  const trials = [
    [1, 1, 5],
    [2, 2, 5],
    [3, 0, 9],
  ].map((values, number) => trial(number, "complete", { values }));
  const three = paretoFrontFigure(study(trials, { directions: ["maximize", "maximize", "minimize"] }));
  expect(three?.data.filter(({ name }) => name === "Pareto front").map(({ x, y }) => [x, y])).toEqual([
    [
      [2, 3],
      [2, 0],
    ],
    [
      [2, 3],
      [5, 9],
    ],
    [
      [2, 0],
      [5, 9],
    ],
  ]);
  expect(named(three, "other trials")).toMatchObject({ x: [1], y: [1] });
  expect(paretoFrontFigure(study(trials))).toBeUndefined();
});

test("timeline: places beside each other, pauses left out, running trials until the last event", () => {
  const figure = timelineFigure(
    study([
      trial(0, "complete", { seconds: 0, duration: 10, values: [1] }),
      trial(1, "pruned", { seconds: 4, duration: 4, values: [1] }),
      trial(2, "failed", { seconds: 8, duration: 2 }),
      trial(3, "complete", { seconds: 1000, duration: 10, values: [1] }),
      trial(4, "running", { seconds: 1005 }),
      trial(5, "waiting"),
    ]),
  );
  expect(named(figure, "complete")).toMatchObject({ base: [0, 10], x: [10, 10], y: [1, 1] });
  expect(named(figure, "pruned")).toMatchObject({ base: [4], x: [4], y: [2] });
  expect(named(figure, "failed")).toMatchObject({ base: [8], x: [2], y: [2] });
  expect(named(figure, "running")).toMatchObject({ base: [15], x: [5], y: [2] });
  expect(figure?.data).toHaveLength(4);
  expect(timelineFigure(study([trial(0, "waiting")]))).toBeUndefined();
});
