// The report's statistics, verdicts and page: intervals against tables, every verdict reached, nothing of a section breaks the page.
import { describe, expect, it } from "vitest";
import {
  bestClaim,
  comparisonTable,
  leaderSentence,
  originalSentence,
  ranking,
} from "../../../examples/report/measuring/comparison.js";
import { curveFigure, intervalFigure } from "../../../examples/report/page/figures.js";
import { readCommandLine, seedsOf, UsageError } from "../../../examples/report/options.js";
import { renderPage } from "../../../examples/report/page/page.js";
import type { Section } from "../../../examples/report/section.js";
import { sections } from "../../../examples/report/sections.js";
import {
  difference,
  estimate,
  geometricEstimate,
  singleTraining,
  studentQuantile,
} from "../../../examples/report/measuring/statistics.js";
import {
  besideEachOther,
  forEverySeed,
  percent,
  points,
  withInterval,
} from "../../../examples/report/measuring/support.js";
import {
  isBest,
  isNegative,
  isPositive,
  isReproduced,
  together,
  verdicts,
} from "../../../examples/report/measuring/verdict.js";

describe("statistics", () => {
  // Two-sided 95 % and 99 % points of any table of Student's t.
  it.each([
    [1, 12.7062, 63.6567],
    [2, 4.3027, 9.9248],
    [3, 3.1824, 5.8409],
    [4, 2.7764, 4.6041],
    [9, 2.2622, 3.2498],
    [30, 2.0423, 2.75],
  ])("Student's t with %i degrees of freedom", (freedom, at95, at99) => {
    expect(studentQuantile(freedom)).toBeCloseTo(at95, 3);
    expect(studentQuantile(freedom, 0.99)).toBeCloseTo(at99, 3);
  });

  it("the interval of a mean is the textbook's", () => {
    const { mean, low, high } = estimate([1, 2, 3]);
    expect(mean).toBe(2);
    expect(high - mean).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
    expect(mean - low).toBeCloseTo(high - mean, 12);
  });

  it("one value has a mean and no interval, equal ones an interval of no width", () => {
    expect(estimate([4])).toMatchObject({ mean: 4, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
    expect(estimate([4, 4, 4])).toMatchObject({ mean: 4, low: 4, high: 4 });
    expect(() => estimate([])).toThrow(RangeError);
  });

  it("a difference is taken seed by seed: what all seeds share falls out", () => {
    expect(difference([11, 21, 31.5], [10, 20, 30])).toMatchObject(estimate([1, 1, 1.5]));
    expect(() => difference([1, 2], [1])).toThrow(/2 and 1/);
  });

  it("of times the geometric mean is taken, and no end of its interval is negative", () => {
    const { mean, low, high } = geometricEstimate([1, 100]);
    expect(mean).toBeCloseTo(10, 10);
    expect(low).toBeGreaterThan(0);
    expect(low * high).toBeCloseTo(100, 6);
  });

  it("a single training scatters more than a mean, by the square root of n + 1", () => {
    const values = [1, 2, 3, 4];
    const [mean, one] = [estimate(values), singleTraining(values)];
    expect((one.high - one.mean) / (mean.high - mean.mean)).toBeCloseTo(Math.sqrt(5), 10);
  });
});

describe("verdicts", () => {
  it("of a sign follow from where the interval lies", () => {
    expect(isPositive({ low: 0.1, high: 0.2 })).toBe("agrees");
    expect(isPositive({ low: -0.2, high: -0.1 })).toBe("does not agree");
    expect(isPositive({ low: -0.1, high: 0.2 })).toBe("not decided by these data");
    expect(isPositive(estimate([5]))).toBe("not decided by these data");
    expect(isNegative({ low: 0.1, high: 0.2 })).toBe("does not agree");
    expect(isNegative({ low: -0.2, high: -0.1 })).toBe("agrees");
  });

  it.each([
    [["agrees", "agrees"], "agrees"],
    [["agrees", "does not agree"], "in part"],
    [["agrees", "not decided by these data"], "in part"],
    [["in part", "does not agree"], "in part"],
    [["does not agree", "not decided by these data"], "does not agree"],
    [["not decided by these data"], "not decided by these data"],
    [[], "not decided by these data"],
  ] as const)("%j together are %s", (parts, verdict) => {
    expect(together(parts)).toBe(verdict);
  });

  const clear = [90, 91, 92];
  it.each([
    ["agrees", { own: clear, worse: [80, 81, 82.1], worst: [70, 71.2, 72] }],
    ["does not agree", { own: clear, worse: [80, 81, 82.1], better: [95, 96.1, 97] }],
    ["in part", { own: clear, worse: [80, 81, 82.1], level: [91, 90, 92.5] }],
    ["not decided by these data", { own: clear, level: [91, 90, 92.5] }],
  ])("the best of several: %s", (verdict, results) => {
    const higher = new Map<string, number[]>(Object.entries(results));
    expect(isBest("own", higher)).toBe(verdict);
    const lower = new Map([...higher].map(([name, values]) => [name, values.map((value) => -value)]));
    expect(isBest("own", lower, "lower")).toBe(verdict);
  });

  it("the best needs itself and others", () => {
    expect(() => isBest("own", new Map([["own", [1, 2]]]))).toThrow(RangeError);
    expect(() =>
      isBest(
        "own",
        new Map([
          ["a", [1]],
          ["b", [2]],
        ]),
      ),
    ).toThrow(/"own"/);
  });

  it("a figure is reproduced when one more training would give it, unless trainings scatter so much that any would do", () => {
    const values = [0.97, 0.972, 0.974];
    expect(isReproduced(0.973, values, 0.02)).toBe("agrees");
    expect(isReproduced(0.9, values, 0.02)).toBe("does not agree");
    expect(isReproduced(0.973, values, 0.001)).toBe("not decided by these data");
    expect(isReproduced(0.973, values.slice(0, 2), 0.02)).toBe("not decided by these data");
  });
});

describe("comparisons", () => {
  const results = new Map([
    ["sigmoid", [0.1, 0.12, 0.11]],
    ["relu", [0.97, 0.98, 0.972]],
    ["tanh", [0.975, 0.97, 0.978]],
  ]);
  const comparison = { choice: "activation", measure: "accuracy", results };

  it("are ranked by their means, in the direction that is better", () => {
    expect(ranking(comparison).map(([name]) => name)).toEqual(["tanh", "relu", "sigmoid"]);
    expect(ranking({ ...comparison, better: "lower" }).map(([name]) => name)).toEqual(["sigmoid", "relu", "tanh"]);
  });

  it("say whether the lead is more than luck", () => {
    expect(leaderSentence(comparison)).toMatch(/tanh.*against the next, relu.*cannot be told from luck\.$/);
    const two = new Map([...results].filter(([name]) => name !== "relu"));
    expect(leaderSentence({ ...comparison, results: two })).toMatch(/more than luck/);
    const one = new Map([...results].map(([name, values]) => [name, values.slice(0, 1)]));
    expect(leaderSentence({ ...comparison, results: one })).toMatch(/With one seed/);
  });

  it("stand beside what the original found, with a reason only where that is refuted", () => {
    expect(originalSentence("tanh", comparison, "Why.")).toMatch(/found tanh best, and so does/);
    expect(originalSentence("relu", comparison, "Why.")).toMatch(/may be luck/);
    expect(originalSentence("sigmoid", comparison, "Why.")).toMatch(
      /sigmoid minus tanh is -86.*more than luck\. Why\.$/,
    );
    expect(originalSentence("relu", { ...comparison, better: "lower" }, "Why.")).toMatch(/relu minus sigmoid.*Why\.$/);
  });

  it("make a claim with every difference, and a table with columns of one's own", () => {
    const claim = bestClaim("relu is best", "relu", comparison);
    expect(claim.verdict).toBe("in part");
    expect(claim.measured).toMatch(/^relu: 97\.40 % .*against sigmoid \+86\.40 points.*against tanh -0\.03 points/);
    const table = comparisonTable("Three.", comparison, { weights: (name) => `${name.length}` });
    expect(table.columns).toEqual(["activation", "accuracy", "difference to tanh", "weights"]);
    expect(table.rows.map((row) => [row[0], row[3]])).toEqual([
      ["sigmoid", "7"],
      ["relu", "4"],
      ["tanh", "4"],
    ]);
    expect(table.rows[2]?.[2]).toBe("best mean");
  });
});

describe("figures", () => {
  it("intervals are bars about the mean, single trainings dots of their own", () => {
    const estimates = new Map([
      ["a", estimate([1, 2, 3])],
      ["b", estimate([4])],
    ]);
    const { data } = intervalFigure("", { x: "x", y: "y" }, [{ name: "one", estimates }]);
    const [singles, means] = data as { y: number[]; error_y?: { array: (number | null)[] } }[];
    expect(singles?.y).toEqual([1, 2, 3, 4]);
    expect(means?.y).toEqual([2, 4]);
    expect(means?.error_y?.array[0]).toBeCloseTo(2.484, 3);
    expect(means?.error_y?.array[1]).toBeNull();
  });

  it("curves have bands where there are intervals, and leave out what is not known", () => {
    const known = estimate([1, 2]);
    const { data } = curveFigure("", { x: "x", y: "y" }, [{ name: "c", x: [1, 2, 3], y: [null, known, known] }]);
    const [low, high, line] = data as { x: number[]; y: number[] }[];
    expect(line).toMatchObject({ x: [2, 3], y: [1.5, 1.5] });
    expect(low?.y).toEqual([known.low, known.low]);
    expect(high?.y).toEqual([known.high, known.high]);
    const single = { name: "c", x: [1, 2], y: [estimate([1]), estimate([2])] };
    expect(curveFigure("", { x: "x", y: "y" }, [single]).data).toHaveLength(1);
  });
});

describe("text", () => {
  it("says a unit once", () => {
    expect(withInterval({ mean: 0.9744, low: 0.972, high: 0.9768, values: [0, 0] }, percent)).toBe(
      "97.44 % (97.20 to 97.68)",
    );
    expect(withInterval({ mean: 0.01, low: -0.001, high: 0.021, values: [0, 0] }, points)).toBe(
      "+1.00 points (-0.10 to +2.10)",
    );
    const mixed = (value: number) => (value < 100 ? `${value} s` : `${value / 60} min`);
    expect(withInterval({ mean: 120, low: 60, high: 180, values: [0, 0] }, mixed)).toBe("2 min (60 s to 3 min)");
    expect(withInterval(estimate([0.5]), percent)).toMatch(/one seed/);
    expect(withInterval(estimate([0.5, 0.9]), percent)).toBe("70.00 % (0.00 to 100.00)");
  });
});

describe("trainings beside each other", () => {
  it("never more than asked for, with results in the order of the tasks", async () => {
    let running = 0;
    let most = 0;
    const waits = [30, 1, 20, 1, 10];
    const results = await besideEachOther({ parallel: 2 }, "waits", waits, async (wait) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, wait));
      running--;
      return wait * 2;
    });
    expect(results).toEqual(waits.map((wait) => wait * 2));
    expect(most).toBe(2);
  });

  it("end with the first that fails", async () => {
    let begun = 0;
    const work = async (task: number) => {
      begun++;
      if (task === 1) throw new Error("diverged");
    };
    await expect(besideEachOther({ parallel: 1 }, "failing", [0, 1, 2, 3], work)).rejects.toThrow("diverged");
    expect(begun).toBe(2);
  });

  it("every name meets every seed", async () => {
    const results = await forEverySeed({ parallel: 3 }, "pairs", ["a", "b"], [1, 2, 3], async (n, s) => `${n}${s}`);
    expect([...results]).toEqual([
      ["a", ["a1", "a2", "a3"]],
      ["b", ["b1", "b2", "b3"]],
    ]);
  });
});

describe("command line", () => {
  it("has a scale, sections, and numbers instead of the scale's", () => {
    expect(readCommandLine(["--parallel", "2"])).toMatchObject({ scale: "normal", only: undefined, parallel: 2 });
    const options = readCommandLine(["--quick", "--only", "time, regression", "--seeds", "4", "--parallel", "1"]);
    expect(options).toMatchObject({ scale: "quick", only: ["time", "regression"], seeds: 4 });
    expect(seedsOf(options, { quick: 2, normal: 5, full: 5 })).toEqual([1, 2, 3, 4]);
    expect(seedsOf({ scale: "quick", parallel: 1 }, { quick: 2, normal: 5, full: 5 })).toEqual([1, 2]);
  });

  it.each([[["--quick", "--full"]], [["--epochs", "0"]], [["--seeds", "many"]], [["--slow"]], [["here"]]])(
    "%j is refused",
    (words) => {
      expect(() => readCommandLine([...words, "--parallel", "1"])).toThrow(UsageError);
    },
  );

  it("knows sections by different names", () => {
    expect(new Set(sections.map(({ id }) => id)).size).toBe(sections.length);
  });
});

describe("page", () => {
  const hostile = `<script>alert("x")</script> & 'y'`;
  const section: Section = {
    id: "one",
    title: `One ${hostile}`,
    introduction: ["All of `trainer.fit` 5 % <b>"],
    parts: [
      { kind: "text", heading: hostile, paragraphs: [hostile] },
      { kind: "output", text: hostile },
      { kind: "table", caption: hostile, columns: [hostile], rows: [[hostile]] },
      {
        kind: "figure",
        caption: hostile,
        data: [{ type: "scatter", x: [1], y: [2], name: hostile }],
        layout: { height: 300 },
      },
    ],
    claims: verdicts.map((verdict, i) => ({ original: `claim ${i} ${hostile}`, measured: `figure ${i}`, verdict })),
  };
  const html = renderPage({
    title: hostile,
    introduction: [hostile],
    facts: [[hostile, hostile]],
    sections: [section, { ...section, id: "two", claims: [] }],
  });
  const visible = html.replace(/<script>[\s\S]*?<\/script>/g, "");

  it("escapes whatever a section says", () => {
    expect(visible).not.toContain("<script");
    expect(visible).not.toContain("<b>");
    expect(visible).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;");
    expect(visible).toContain("<code>trainer.fit</code> 5\u00a0%");
  });

  it("has every claim with its verdict on top", () => {
    const overview = visible.slice(visible.indexOf('id="claims"'), visible.indexOf('id="one"'));
    for (const [i, verdict] of verdicts.entries()) {
      expect(overview).toContain(`claim ${i} &lt;script`);
      expect(overview).toMatch(new RegExp(`figure ${i}</td><td><span class="verdict verdict${i}">${verdict}</span>`));
    }
  });

  it("needs nothing from anywhere: the library is in it once, and loads are forbidden", () => {
    expect(visible).not.toMatch(/\b(src|href)\s*=(?!"#)/);
    expect(visible).not.toMatch(/url\(|@import/);
    expect(visible).toContain(`default-src 'none'`);
    expect(html.match(/plotly\.js/gi)?.length).toBeGreaterThan(0);
    expect(html.match(/<script>/g)).toHaveLength(2);
  });

  it("carries figures as data that cannot end their script", () => {
    const [, json = ""] = /const figures = (.*);\n/.exec(html) ?? [];
    expect(json).not.toContain("<");
    const figures = JSON.parse(json) as { data: { name: string }[]; layout: object }[];
    expect(figures).toHaveLength(2);
    expect(figures[0]?.data[0]?.name).toBe(hostile);
    expect(visible.match(/class="plot"/g)).toHaveLength(2);
  });
});
