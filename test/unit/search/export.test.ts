// CSV and JSON of a study read back as what was put in.
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { studyJson, trialsCsv } from "../../../lib/search/export.js";
import { study, trial } from "./sample_studies.js";

const sample = study([
  trial(0, "complete", {
    values: [0.1 + 0.2],
    parameters: { "a, b": 'say "hi"\nthere', rate: 1e-7 },
    reports: new Map([
      [1, Number.NaN],
      [2, 0.3],
    ]),
    userAttributes: { notes: ["x", 1], toString: "own" },
  }),
  trial(1, "waiting"),
  trial(2, "pruned", { values: [Number.NEGATIVE_INFINITY], parameters: { rate: 5, extra: null } }),
]);

test("CSV: every field comes back, whatever it holds", () => {
  const rows = parse(trialsCsv(sample), { columns: true, record_delimiter: "\r\n" }) as Record<string, string>[];
  expect(rows).toHaveLength(3);
  expect(rows[0]).toEqual({
    number: "0",
    state: "complete",
    value: "0.30000000000000004",
    datetime_start: "2026-01-05T09:00:00.000Z",
    datetime_complete: "2026-01-05T09:00:10.000Z",
    seconds: "10",
    steps: "2",
    "params_a, b": 'say "hi"\nthere',
    params_rate: "1e-7",
    params_extra: "",
    user_attrs_notes: '["x",1]',
    user_attrs_toString: "own",
  });
  expect(rows[1]).toMatchObject({ state: "waiting", value: "", seconds: "", params_rate: "", user_attrs_toString: "" });
  expect(rows[2]).toMatchObject({ value: "-Infinity", params_extra: "null" });
});

test("CSV: several objectives have a column each", () => {
  const two = study([trial(0, "complete", { values: [1, 2] })], {
    directions: ["maximize", "minimize"],
    systemAttributes: { "study:metric_names": ["accuracy", "seconds"] },
  });
  expect(trialsCsv(two)).toContain("state,values_accuracy,values_seconds,");
});

test("CSV: why trials failed, where some did", () => {
  const failure = { kind: "nan", message: "the objective returned NaN" };
  const csv = trialsCsv(study([trial(0, "failed", { systemAttributes: { "netwright:failure": failure } })]));
  expect(csv).toContain(",steps,failure\r\n");
  expect(csv).toContain(",0,the objective returned NaN\r\n");
  expect(trialsCsv(sample)).not.toContain("failure");
});

test("JSON: reports as pairs, numbers that JSON has not as words", () => {
  const read = JSON.parse(studyJson(sample));
  expect(read.trials[0].reports).toEqual([
    [1, "NaN"],
    [2, 0.3],
  ]);
  expect(read.trials[0].values).toEqual([0.1 + 0.2]);
  expect(read.trials[2].values).toEqual(["-Infinity"]);
  expect(read.trials[0].startedAt).toBe("2026-01-05T09:00:00.000Z");
});
