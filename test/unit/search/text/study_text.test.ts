// The terminal form of studies: the right figures, within the width, harmless whatever names hold.
import { intDistribution } from "../../../../lib/search/distribution.js";
import { afterEach, expect, test, vi } from "vitest";
import { studiesText } from "../../../../lib/search/text/studies.js";
import { summaryText } from "../../../../lib/search/text/summary.js";
import { terminal } from "../../../../lib/search/text/terminal.js";
import { trialsText } from "../../../../lib/search/text/trials.js";
import { study, trainingStudy, trial, twoObjectives } from "../sample_studies.js";

afterEach(() => vi.unstubAllEnvs());

const plain = { color: false, width: 100 };
const widest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

test("a summary says where the study stands", () => {
  const text = summaryText(
    study(
      [
        trial(0, "complete", {
          values: [0.5],
          parameters: { rate: 0.1, optimizer: "adam" },
          reports: new Map([
            [2, 0.5],
            [1, 0.1],
          ]),
        }),
        trial(1, "pruned", { values: [0.1], duration: 5, reports: new Map([[1, 0.1]]) }),
        trial(2, "failed"),
        trial(3, "running"),
      ],
      { name: "depth" },
    ),
    { ...plain, importances: { rate: 0.75, optimizer: 0.25 } },
  );
  expect(text).toBe(`depth
maximize value: 4 trials
1 complete, 1 pruned, 1 failed, 1 running
25 s of running time, 8.3 s a trial

best: 0.5 in trial 0
  rate       0.1
  optimizer  adam
  0.1 ▁█ 0.5

importance of the parameters
  rate         75 % ██████████████████████████████
  optimizer    25 % ██████████

Pruning ended 1 trial after 1 step in all; 1 more was not run, about 5 s at the speed of these
trials (a complete trial has 2).`);
});

test.each([40, 80, 200])("no line is wider than %d characters", (width) => {
  const sample = trainingStudy({ trials: 60, parameters: 12 });
  const importances = { "a rather long name of a parameter, number 7": 0.9, depth: 0.1 };
  for (const text of [
    summaryText(sample, { width, color: false, importances }),
    trialsText(sample, { width, color: false }).replace(/\n\(.*\)$/, ""),
    studiesText([{ ...sample, name: "x".repeat(300) }], { width, color: false }),
  ])
    expect(widest(text), text).toBeLessThanOrEqual(width);
});

test("trials: the last ones, columns that do not fit are named", () => {
  const sample = trainingStudy({ trials: 30 });
  const text = trialsText(sample, { ...plain, width: 60, last: 5 });
  const lines = text.split("\n");
  expect(lines[0]).toMatch(/^trial {2}state +value +time +steps +learningRate/);
  expect(lines.slice(1, 6).map((line) => Number(line.trim().split(" ")[0]))).toEqual([25, 26, 27, 28, 29]);
  expect(lines[6]).toBe("(25 earlier trials not shown)");
  expect(lines[7]).toMatch(/^\(no room for .*dropout/);
});

test("studies: a line each, best value or front", () => {
  const lines = studiesText(
    [trainingStudy({ trials: 20 }), twoObjectives(10), study([], { name: "new" })],
    plain,
  ).split("\n");
  expect(lines[1]).toMatch(/^usps-width-and-depth +20 +18 +0\.\d+ {2}maximize$/);
  expect(lines[2]).toMatch(/^sample +10 +10 +front of \d trials {2}maximize, minimize$/);
  expect(lines[3]).toMatch(/^new +0 +0 +maximize$/);
  expect(studiesText([])).toBe("no studies");
});

test("rank correlations with the value, the strongest first", () => {
  const distributions = { a: intDistribution("a", 1, 3), b: intDistribution("b", -3, -1) };
  const trials = [1, 3, 2].map((a, i) =>
    trial(i, "complete", { values: [i], parameters: { a, b: -1 - i }, distributions }),
  );
  expect(summaryText(study(trials), plain)).toContain("rank correlation with value: b -1.00, a 0.50");
});

test("why trials failed, the most frequent reason first", () => {
  const because = (message: string) => ({ systemAttributes: { "netwright:failure": { kind: "threw", message } } });
  const trials = [
    trial(0, "failed", because("rare")),
    ...[1, 2].map((n) => trial(n, "failed", because("usual\u001b"))),
  ];
  expect(summaryText(study(trials), plain)).toContain("3 failed\nfailed: usual? (2 trials)\nfailed: rare (1 trial)\n");
});

test("several objectives: the front is a table", () => {
  const text = summaryText(twoObjectives(20), plain);
  expect(text).toMatch(/maximize accuracy, minimize seconds: 20 trials/);
  expect(text).toMatch(/Pareto front, \d+ trials:\ntrial {2}state +accuracy +seconds/);
});

test("a study in which nothing is finished yet", () => {
  expect(summaryText(study([trial(0, "running")]), plain)).toContain("no complete trial yet");
  expect(summaryText(study([]), plain)).toContain("0 trials");
  expect(trialsText(study([]), plain)).toBe("no trials");
});

test("names cannot steer the terminal", () => {
  const evil = "\u001b[2J\u0007a\nb\u202e";
  const sample = study([trial(0, "complete", { values: [1], parameters: { [evil]: evil }, systemAttributes: {} })], {
    name: evil,
    systemAttributes: { "study:metric_names": [evil] },
  });
  for (const text of [summaryText(sample, plain), trialsText(sample, plain), studiesText([sample], plain)]) {
    for (const character of ["\u001b", "\u0007", "\u202e"]) expect(text).not.toContain(character);
    expect(text).toContain("?[2J?a?b?");
  }
});

test("colours only on request, on a terminal, and never against NO_COLOR", () => {
  const sample = study([trial(0, "complete", { values: [1] })]);
  expect(trialsText(sample, { color: true })).toContain("\u001b[34m");
  const isTTY = Object.getOwnPropertyDescriptor(process.stdout, "isTTY");
  try {
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    vi.stubEnv("NO_COLOR", "");
    expect(terminal().paint("failed", "x")).toBe("\u001b[31mx\u001b[0m");
    vi.stubEnv("NO_COLOR", "1");
    expect(terminal().paint("failed", "x")).toBe("x");
    vi.stubEnv("NO_COLOR", "");
    Object.defineProperty(process.stdout, "isTTY", { value: false, configurable: true });
    expect(terminal().paint("failed", "x")).toBe("x");
  } finally {
    if (isTTY === undefined) Reflect.deleteProperty(process.stdout, "isTTY");
    else Object.defineProperty(process.stdout, "isTTY", isTTY);
  }
});
