// Journals in files, written here and by Optuna: each reads every field of the other's, and both serve one study at once.
import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { categoricalDistribution, floatDistribution, intDistribution } from "../../../lib/search/distribution.js";
import { openJournal } from "../../../lib/search/storage/journal.js";
import { fileJournal } from "../../../lib/search/storage/journal_file.js";
import { startWorker } from "../../unit/search/storage/processes.js";
import { expectSame, optunaReads, requireOptuna, startOptuna } from "./support.js";

/** No worker dies here: one that only stands still is not to be taken for dead. */
const PATIENT = { HEARTBEAT_MILLISECONDS: "30000" };

let folder: string;
beforeAll(async () => {
  requireOptuna();
  folder = await mkdtemp(path.join(tmpdir(), "netwright-journal-"));
});
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** One of everything that a journal can hold. */
async function writeAll(file: string): Promise<void> {
  const journal = await openJournal(fileJournal(file));
  await journal.createStudy("gone", ["minimize"]);
  await journal.createStudy("node", ["maximize"]);
  await journal.deleteStudy("gone");
  journal.setStudyAttribute("node", "user", "owner", { name: "ü\u2028", parts: [1, null, Number.NaN] });
  journal.setStudyAttribute("node", "system", "netwright:x", [true]);
  const distributions = {
    x: floatDistribution("x", 1e-5, 10, { log: true }),
    y: floatDistribution("y", 0, 1, { step: 0.25 }),
    n: intDistribution("n", 1, 9, { step: 2 }),
    m: intDistribution("m", 1, 1024, { log: true }),
    kind: categoricalDistribution("kind", ["a", 2.5, null, true]),
  };
  const parameters = { x: 0.015, y: 0.75, n: 5, m: 17, kind: null };
  for (const [i, state] of (["complete", "pruned", "failed", "running"] as const).entries()) {
    const { id } = await journal.createTrial("node", "w");
    for (const [name, distribution] of Object.entries(distributions))
      journal.setParameter(id, "w", name, distribution, parameters[name as keyof typeof parameters]);
    for (const [step, value] of [1.5, Number.NaN, Number.NEGATIVE_INFINITY, i].entries())
      journal.report(id, "w", 10 * step, value);
    journal.setTrialAttribute(id, "w", "user", "note", { deep: [Number.POSITIVE_INFINITY, '"quoted" NaN'] });
    journal.setTrialAttribute(id, "w", "system", "completed_rung_0", 0.5);
    if (state === "running") await journal.flush();
    else await journal.finish(id, "w", state, state === "failed" ? undefined : [i === 0 ? Infinity : 0.25]);
  }
  await journal.createTrial("node", "w", { state: "waiting", systemAttributes: { fixed_params: { x: 1 } } });
  await journal.createTrial("node", "w", {
    state: "complete",
    values: [2],
    parameters,
    distributions,
    reports: new Map([[3, Number.NaN]]),
    userAttributes: { a: 1 },
  });
  await journal.createStudy("both", ["minimize", "maximize"]);
  const two = await journal.createTrial("both", "w");
  await journal.finish(two.id, "w", "complete", [1, 0.5]);
  await journal.createTrial("both", "w", { state: "pruned", values: [1, 2] });
  await journal.close();
}

describe("one side writes, both read the same", () => {
  test.each(["UTC", "America/New_York", "Asia/Kolkata"])("written here, Optuna in the zone %s", async (zone) => {
    const file = path.join(folder, `node-${path.basename(zone)}.journal`);
    await writeAll(file);
    const journal = await openJournal(fileJournal(file));
    expect(journal.study("node")?.trials.map(({ state }) => state)).toEqual([
      ...["complete", "pruned", "failed", "running", "waiting", "complete"],
    ]);
    expectSame(journal, await optunaReads("dump", file, zone));
  });

  test("written by Optuna", async () => {
    const file = path.join(folder, "python.journal");
    const dumped = await optunaReads("write", file);
    expect(dumped.map(({ name, trials }) => [name, trials.length])).toEqual([
      ["python", 12],
      ["both", 2],
    ]);
    const states = new Set(dumped[0]?.trials.map(({ state }) => state));
    expect([...states].sort()).toEqual(["COMPLETE", "FAIL", "PRUNED", "RUNNING", "WAITING"]);
    expectSame(await openJournal(fileJournal(file)), dumped);
  });

  test("written by both in turns, with a torn line between", async () => {
    const file = path.join(folder, "turns.journal");
    await optunaReads("write", file);
    await appendFile(file, '{"op_code": 7, "worker_id": "kill');
    await writeAll(file);
    const journal = await openJournal(fileJournal(file));
    expect(journal.studyNames()).toEqual(["python", "both", "node"]);
    expectSame(journal, await optunaReads("dump", file));
  });
});

test("two workers of each side at once: none is lost, none run twice, waiting ones once each", {
  timeout: 600_000,
}, async () => {
  const file = path.join(folder, "both.journal");
  const journal = await openJournal(fileJournal(file));
  await journal.createStudy("s", ["minimize"]);
  for (let i = 0; i < 16; i++)
    await journal.createTrial("s", "w", { state: "waiting", systemAttributes: { fixed_params: { x: i / 16 } } });
  const ends = await Promise.all(
    [
      ...["a", "b"].map((name) => startWorker(["serve", file, name, "60"], PATIENT)),
      ...[1, 2].map(() => startOptuna(["serve", file, "20"])),
    ].map(({ ended }) => ended),
  );
  expect(ends).toEqual(ends.map((end) => ({ ...end, code: 0 })));
  await journal.refresh();
  const trials = journal.study("s")?.trials ?? [];
  expect(trials.length).toBeGreaterThanOrEqual(60);
  expect(trials.map(({ state }) => state)).toEqual(trials.map(() => "complete"));
  expect(trials.map(({ values }) => values?.[0])).toEqual(trials.map(({ number }) => number));
  const by = trials.map(({ userAttributes }) => userAttributes.by);
  expect(by.filter((name) => name === "python")).toHaveLength(40);
  expect(by.filter((name) => name === "a" || name === "b").length).toBeGreaterThan(0);
  const ending = (await fileJournal(file).read(0)).filter(({ op_code, state }) => op_code === 6 && state === 1);
  expect(ending.map(({ trial_id }) => trial_id).sort()).toEqual(trials.map(({ id }) => id).sort());
  expectSame(journal, await optunaReads("dump", file));
  expect((await readdir(folder)).filter((name) => name.startsWith("both.journal"))).toEqual(["both.journal"]);
});
