// `netwright study` on journals in Optuna's format: what is printed and written, exit codes, and that nothing else is touched.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { UsageError } from "../../../lib/cli/command.js";
import { study } from "../../../lib/cli/study.js";
import { DataError } from "../../../lib/errors.js";

const folder = mkdtempSync(path.join(tmpdir(), "netwright-study-"));
const journal = path.join(folder, "usps.journal");
const two = path.join(folder, "two.journal");
afterAll(() => rmSync(folder, { recursive: true }));

const rate = `{\\"name\\": \\"FloatDistribution\\", \\"attributes\\": {\\"step\\": null, \\"low\\": 0.0001, \\"high\\": 1.0, \\"log\\": true}}`;
const optimizer = `{\\"name\\": \\"CategoricalDistribution\\", \\"attributes\\": {\\"choices\\": [\\"sgd\\", \\"adam\\"]}}`;

function trialLines(id: number, learningRate: number, choice: number, reports: string[], end: string): string[] {
  const by = `"worker_id": "w", "trial_id": ${id}`;
  return [
    `{"op_code": 4, "worker_id": "w", "study_id": 0, "datetime_start": "2026-01-05T09:00:0${id}.000000+00:00"}`,
    `{"op_code": 5, ${by}, "param_name": "learning rate", "param_value_internal": ${learningRate}, "distribution": "${rate}"}`,
    `{"op_code": 5, ${by}, "param_name": "optimizer", "param_value_internal": ${choice}, "distribution": "${optimizer}"}`,
    ...reports.map((value, i) => `{"op_code": 7, ${by}, "step": ${i + 1}, "intermediate_value": ${value}}`),
    ...(end === ""
      ? []
      : [`{"op_code": 6, ${by}, ${end}, "datetime_complete": "2026-01-05T09:00:1${id}.500000+00:00"}`]),
  ];
}

const lines = [
  `{"op_code": 0, "worker_id": "w", "study_name": "usps", "directions": [2]}`,
  ...trialLines(0, 0.01, 1, ["0.5", "0.9375"], `"state": 1, "values": [0.9375]`),
  ...trialLines(1, 0.5, 0, ["0.1"], `"state": 2, "values": [0.1]`),
  ...trialLines(2, 1, 0, ["NaN"], `"state": 3, "values": null`),
  ...trialLines(3, 0.001, 1, ["0.25", "0.875"], `"state": 1, "values": [0.875]`),
  ...trialLines(4, 0.02, 1, ["0.4"], ""),
];
writeFileSync(journal, lines.map((line) => `${line}\n`).join(""));
writeFileSync(
  two,
  [...lines, `{"op_code": 0, "worker_id": "w", "study_name": "empty", "directions": [1, 2]}`]
    .map((line) => `${line}\n`)
    .join(""),
);

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(console, "log").mockImplementation((text: string) => {
    printed += `${text}\n`;
  });
});

test("list: a line for each study", async () => {
  expect(await study.run(["list", two])).toBe(0);
  expect(printed).toMatch(/^study +trials +finished +best +direction\nusps +5 +4 +0\.9375 {2}maximize\nempty +0 +0 +/);
});

test("show: summary and the last trials", async () => {
  expect(await study.run(["show", journal, "--trials", "2"])).toBe(0);
  expect(printed).toContain("2 complete, 1 pruned, 1 failed, 1 running");
  expect(printed).toContain("best: 0.9375 in trial 0\n  learning rate  0.01\n  optimizer      adam\n");
  expect(printed).toContain("Pruning ended 1 trial after 1 step in all; 1 more was not run");
  expect(printed).toMatch(/\n +3 {2}complete +0\.875 .*\n +4 {2}running /);
  expect(printed).toContain("(3 earlier trials not shown)");
});

test("best: value and parameters, for people and as JSON", async () => {
  expect(await study.run(["best", journal])).toBe(0);
  expect(printed).toBe("trial          0\nvalue          0.9375\nlearning rate  0.01\noptimizer      adam\n");
  printed = "";
  expect(await study.run(["best", two, "--study", "usps", "--json"])).toBe(0);
  expect(JSON.parse(printed)).toEqual({
    trial: 0,
    value: 0.9375,
    parameters: { "learning rate": 0.01, optimizer: "adam" },
  });
});

test("best: exit code 1 when no trial is complete", async () => {
  expect(await study.run(["best", two, "--study", "empty"])).toBe(1);
  expect(printed).toBe("no trial is complete\n");
  printed = "";
  expect(await study.run(["best", two, "--study", "empty", "--json"])).toBe(1);
  expect(JSON.parse(printed)).toEqual([]);
});

test("plot: a page with the trials", async () => {
  const output = path.join(folder, "page.html");
  expect(await study.run(["plot", journal, "-o", output])).toBe(0);
  const page = readFileSync(output, "utf8");
  expect(page).toContain("<title>usps</title>");
  expect(page).toContain("<dt>learning rate</dt>");
});

test("export: CSV to the output, JSON by the file's name", async () => {
  const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  expect(await study.run(["export", journal])).toBe(0);
  const csv = String(write.mock.calls[0]?.[0]);
  write.mockRestore();
  expect(csv.split("\r\n")[1]).toBe(
    "0,complete,0.9375,2026-01-05T09:00:00.000Z,2026-01-05T09:00:10.500Z,10.5,2,0.01,adam",
  );
  const output = path.join(folder, "trials.json");
  expect(await study.run(["export", journal, "-o", output])).toBe(0);
  expect(JSON.parse(readFileSync(output, "utf8")).trials[2]).toMatchObject({ state: "failed", reports: [[1, "NaN"]] });
});

test("forecast tells what is left from the finished trials", async () => {
  expect(await study.run(["forecast", journal, "--trials", "3", "--parallel", "1"])).toBe(0);
  expect(printed).toMatch(/^\d+ trials are left: \d+(\.\d)? (s|min)/);
  printed = "";
  expect(await study.run(["forecast", journal, "--until", "4"])).toBe(0);
  expect(printed).toBe("No trials are left.\n");
});

test("the journal is only read: also while another worker holds its lock, and with a line that is still being written", async () => {
  const busy = mkdtempSync(path.join(folder, "busy-"));
  const file = path.join(busy, "a.journal");
  const text = `${lines.join("\n")}\n{"op_code": 7, "worker_`;
  writeFileSync(file, text);
  writeFileSync(`${file}.lock`, "");
  const before = statSync(file).mtimeMs;
  for (const action of ["list", "show", "best"]) expect(await study.run([action, file])).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(statSync(file).mtimeMs).toBe(before);
  expect(readdirSync(busy).sort()).toEqual(["a.journal", "a.journal.lock"]);
});

test("a journal that is not there is an error, and is not created", async () => {
  const missing = path.join(folder, "missing.journal");
  await expect(study.run(["show", missing])).rejects.toThrow(DataError);
  await expect(study.run(["show", missing])).rejects.toThrow(
    /missing\.journal cannot be read \(there is no such file\)/,
  );
  await expect(study.run(["list", folder])).rejects.toThrow("is no file");
  expect(readdirSync(folder)).not.toContain("missing.journal");
});

test("which study: named, the only one, or an error that lists them", async () => {
  await expect(study.run(["show", two])).rejects.toThrow("several studies; choose with --study: usps, empty");
  await expect(study.run(["best", journal, "--study", "mnist"])).rejects.toThrow('no study "mnist"; it holds usps');
});

test("a foreign file is told, an output that cannot be written too", async () => {
  const foreign = path.join(folder, "notes.txt");
  writeFileSync(foreign, "some notes\n");
  await expect(study.run(["list", foreign])).rejects.toThrow(DataError);
  await expect(study.run(["plot", journal, "-o", path.join(folder, "no", "page.html")])).rejects.toThrow(
    /page\.html cannot be written \(its folder is not there\)/,
  );
});

test.each([
  [[], "the action is missing; there are list, show, best, plot, forecast, export"],
  [["draw", journal], 'no action "draw"'],
  [["show"], "the journal (a file or redis://...) is missing"],
  [["show", journal, "--trials", "few"], '--trials: expected a whole number of at least 0, found "few"'],
  [["export", journal, "--format", "xml"], '--format: expected csv or json, found "xml"'],
  [["forecast", journal], "say how far: --until N finished trials in all, or --trials N more"],
  [["forecast", journal, "--until", "9", "--trials", "9"], "say how far"],
  [["forecast", journal, "--trials", "-1"], "--trials"],
  [["plot", journal, "-o", journal], "is the journal; give another file"],
  [["list", journal, "--prefix", "a"], "--prefix is for Redis"],
  [["list", journal, "--study", "usps"], "Unknown option '--study'"],
])("calls that make no sense: %j", async (parameters, message) => {
  await expect(study.run(parameters)).rejects.toThrow(UsageError);
  await expect(study.run(parameters)).rejects.toThrow(message);
});
