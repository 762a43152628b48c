// Signs of life: who counts as dead, and that a dead trial is tried again once, with its parameters, and nobody else's is touched.
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { floatDistribution } from "../../../../lib/search/distribution.js";
import type { Operation } from "../../../../lib/search/storage/backend.js";
import { retryDeadTrials } from "../../../../lib/search/storage/dead_trials.js";
import { FAILURE } from "../../../../lib/search/outcome.js";
import type { TrialRecord } from "../../../../lib/search/record.js";
import { firstSign, HEARTBEAT, Heartbeat, HeartbeatWatch, signOf } from "../../../../lib/search/storage/heartbeat.js";
import { openJournal } from "../../../../lib/search/storage/journal.js";
import { fileJournal } from "../../../../lib/search/storage/journal_file.js";
import { memoryJournal } from "../../../../lib/search/storage/memory.js";
import { DUPLICATE_OF, retryHistory, retryOf } from "../../../../lib/search/storage/retries.js";
import { startWorker } from "./processes.js";

const rate = floatDistribution("rate", 0, 1);
const INTERVAL = 10_000;

/** A study with one running trial that gave a sign, and a watch with clocks that the test turns. */
async function watched() {
  const backend = memoryJournal();
  const journal = await openJournal(backend);
  await journal.createStudy("s", ["minimize"]);
  const { id } = await journal.createTrial("s", "w", { systemAttributes: firstSign("w", INTERVAL) });
  const clock = { now: 0, wall: Date.now() };
  const watch = new HeartbeatWatch({ now: () => clock.now, wallClock: () => clock.wall });
  const look = (after: number) => {
    clock.now += after;
    clock.wall += after;
    return watch.look(journal.study("s") as NonNullable<ReturnType<typeof journal.study>>).map((trial) => trial.id);
  };
  return { backend, journal, id, clock, watch, look };
}

describe("a trial is dead", () => {
  test("after three silent intervals that were watched", async () => {
    const { id, look } = await watched();
    expect([0, 9000, 9000, 9000].map(look)).toEqual([[], [], [], []]);
    expect(look(4000)).toEqual([id]);
  });

  test("not while its signs change, whatever clock they were made by", async () => {
    const { journal, id, look } = await watched();
    for (let i = 0; i < 20; i++) {
      const time = new Date(Date.now() + 1e9 * (i % 2 ? -0.001 : 1) + i).toISOString();
      journal.setTrialAttribute(id, "w", "system", HEARTBEAT, { time, worker: "w", interval: 10 });
      expect(look(9000)).toEqual([]);
    }
  });

  test("not because this process stood still for an hour: such a pause counts as one interval", async () => {
    const { look, clock } = await watched();
    look(0);
    clock.wall -= 3_600_000;
    expect(look(3_600_000)).toEqual([]);
    expect(look(9000)).toEqual([]);
  });

  test("at once when its sign is long past as it is first seen", async () => {
    const { id, look, clock } = await watched();
    clock.wall += 3_700_000;
    expect(look(0)).toEqual([id]);
    expect(look(0)).toEqual([id]);
  });

  test("not because the machine slept for hours, which the clock of the timers does not count", async () => {
    const { id, look, clock } = await watched();
    expect(look(0)).toEqual([]);
    clock.wall += 36_000_000;
    expect([0, 9000, 9000, 9000].map(look)).toEqual([[], [], [], []]);
    expect(look(4000)).toEqual([id]);
  });

  test("never without our sign, when it waits, has ended, or was begun by another after a torn claim", async () => {
    const { backend, journal, look, id } = await watched();
    await journal.finish(id, "w", "complete", [1]);
    await journal.createTrial("s", "python");
    const old = { [HEARTBEAT]: { time: new Date(Date.now() - 60_000).toISOString(), worker: "w", interval: 10 } };
    await journal.createTrial("s", "w", { state: "waiting", systemAttributes: old });
    const torn = await journal.createTrial("s", "w", { state: "waiting", systemAttributes: old });
    const datetime_start = new Date().toISOString();
    const claim = { op_code: 6, worker_id: "python", trial_id: torn.id, state: 0, values: null, datetime_start };
    await backend.append([claim]);
    await journal.refresh();
    expect(journal.trial(torn.id).state).toBe("running");
    for (let i = 0; i < 10; i++) expect(look(10_000)).toEqual([]);
  });

  test.each([null, 1, "x", {}, { time: "x", worker: "w" }, { time: "x", worker: "w", interval: -1 }])(
    "%o is no sign",
    async (value) => {
      const { journal, id } = await watched();
      journal.setTrialAttribute(id, "w", "system", HEARTBEAT, value as never);
      expect(signOf(journal.trial(id))).toBeUndefined();
    },
  );
});

describe("a dead trial", () => {
  async function died(attributes = {}) {
    const all = await watched();
    const { journal, id, clock } = all;
    journal.setParameter(id, "w", "rate", rate, 0.25);
    journal.setTrialAttribute(id, "w", "user", "note", "mine");
    for (const [name, value] of Object.entries({ completed_rung_0: 0.5, grid_id: 3, ...attributes }))
      journal.setTrialAttribute(id, "w", "system", name, value as never);
    journal.report(id, "w", 1, 0.5);
    await journal.flush();
    clock.wall += 4_000_000;
    return all;
  }

  test("is failed and tried again with its parameters, in one append", async () => {
    const { journal, backend, watch } = await died({ fixed_params: { rate: 0.25, other: 2 } });
    const before = (await backend.read(0)).length;
    const attributes = { "netwright:failure": { kind: "dead", message: "gone" } };
    expect(await retryDeadTrials(journal, "s", "v", watch, { attributes })).toEqual([0]);
    expect((await backend.read(before)).map(({ op_code }) => op_code)).toEqual([4, 9, 6]);
    const [first, second] = journal.study("s")?.trials ?? [];
    expect(first).toMatchObject({ state: "failed", values: undefined, systemAttributes: attributes });
    expect(second).toMatchObject({
      state: "waiting",
      parameters: { rate: 0.25 },
      distributions: { rate },
      userAttributes: { note: "mine" },
      startedAt: undefined,
    });
    expect(second?.systemAttributes).toEqual({
      grid_id: 3,
      fixed_params: { rate: 0.25, other: 2 },
      failed_trial: 0,
      retry_history: [0],
    });
    expect(second?.reports.size).toBe(0);
    expect(await retryDeadTrials(journal, "s", "v", watch)).toEqual([]);
    const claimed = await journal.claimWaiting("s", "v", () => firstSign("v"));
    expect(claimed).toMatchObject({ number: 1, state: "running", parameters: { rate: 0.25 } });
    expect(signOf(claimed as NonNullable<typeof claimed>)?.worker).toBe("v");
  });

  test("is tried again once, however many find it at the same time", async () => {
    const { backend, clock } = await died();
    const watch = () => new HeartbeatWatch({ wallClock: () => clock.wall });
    const journals = await Promise.all([1, 2, 3, 4].map(() => openJournal(backend)));
    const failed = await Promise.all(journals.map((journal, i) => retryDeadTrials(journal, "s", `v${i}`, watch())));
    expect(failed.flat()).toEqual([0]);
    expect((await openJournal(backend)).study("s")?.trials.map(({ state }) => state)).toEqual(["failed", "waiting"]);
  });

  test("that gives a sign before it is declared dead lives on", async () => {
    const { journal, id, backend, watch, clock } = await died();
    const other = await openJournal(backend);
    const [dead] = new HeartbeatWatch({ wallClock: () => clock.wall }).look(other.study("s") as never);
    new Heartbeat(journal, id, "w", INTERVAL).stop();
    await journal.flush();
    expect(await other.abandon(dead as never, "v", retryOf(dead as never, 3))).toBe(false);
    expect(other.study("s")?.trials.map(({ state }) => state)).toEqual(["running"]);
    clock.wall -= 4_000_000;
    expect(await retryDeadTrials(journal, "s", "v", watch)).toEqual([]);
  });

  test("is tried again three times, or as often as is said", async () => {
    const { journal, clock } = await died();
    const watch = new HeartbeatWatch({ wallClock: () => clock.wall });
    const histories: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      await retryDeadTrials(journal, "s", "v", watch);
      const trial = await journal.claimWaiting("s", "v", () => firstSign("v"));
      if (trial) histories.push([trial.systemAttributes.failed_trial, trial.systemAttributes.retry_history]);
    }
    expect(histories).toEqual([
      [0, [0]],
      [0, [0, 1]],
      [0, [0, 1, 2]],
    ]);
    expect(journal.study("s")?.trials.map(({ state }) => state)).toEqual(["failed", "failed", "failed", "failed"]);
    await expect(retryDeadTrials(journal, "s", "v", watch, { maximumRetries: -1 })).rejects.toThrow(ArgumentError);
  });

  test("is tried again three times however often it was aborted before", async () => {
    const { journal, clock } = await died();
    const watch = new HeartbeatWatch({ wallClock: () => clock.wall });
    for (let i = 0; i < 4; i++) {
      const running = journal.study("s")?.trials.at(-1) as TrialRecord;
      const attributes = { [FAILURE]: { kind: "aborted", message: "" } };
      await journal.abandon(running, "v", retryOf(running, Number.POSITIVE_INFINITY), attributes);
      await journal.claimWaiting("s", "v", () => firstSign("v"));
    }
    for (let i = 0; i < 3; i++) {
      await retryDeadTrials(journal, "s", "v", watch);
      expect((await journal.claimWaiting("s", "v", () => firstSign("v")))?.number).toBe(5 + i);
    }
    await retryDeadTrials(journal, "s", "v", watch);
    expect(await journal.claimWaiting("s", "v")).toBeUndefined();
  });

  test("whose retry was written without its end, by a writer that was killed, only ends", async () => {
    const { journal, backend, watch } = await died();
    const retry = retryOf(journal.trial(0), 3);
    await journal.createTrial("s", "v", retry);
    expect(await retryDeadTrials(journal, "s", "v", watch)).toEqual([0]);
    expect((await openJournal(backend)).study("s")?.trials.map(({ state }) => state)).toEqual(["failed", "waiting"]);
  });

  test("with two retries: the second is never run, and told from other failures", async () => {
    const { journal } = await died();
    const retry = retryOf(journal.trial(0), 3);
    for (let i = 0; i < 2; i++) await journal.createTrial("s", `v${i}`, retry);
    expect(await journal.claimWaiting("s", "v")).toMatchObject({ number: 1 });
    expect(await journal.claimWaiting("s", "v")).toBeUndefined();
    expect(journal.study("s")?.trials[2]).toMatchObject({ state: "failed", systemAttributes: { [DUPLICATE_OF]: 1 } });
  });
});

describe("a heartbeat", () => {
  test("gives signs until it is stopped, and tells when another has ended the trial", async () => {
    const { journal, id, backend } = await watched();
    const signs = async () => (await backend.read(0)).filter((o: Operation) => o.op_code === 9).length;
    let lost = 0;
    const alive = new Heartbeat(journal, id, "w", 20, () => lost++);
    while ((await signs()) < 3) await sleep(5);
    const other = await openJournal(backend);
    await other.finish(id, "v", "failed");
    await journal.refresh();
    while (lost === 0) await sleep(5);
    const count = await signs();
    await sleep(100);
    expect(await signs()).toBe(count);
    expect(lost).toBe(1);
    alive.stop();
    expect(() => new Heartbeat(journal, id, "w", 0)).toThrow(ArgumentError);
  });

  test("processes that share a study: one is killed within a trial, which the others run again", {
    timeout: 600_000,
  }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "netwright-journal-"));
    try {
      const file = path.join(folder, "s.journal");
      await (await openJournal(fileJournal(file))).createStudy("s", ["minimize"]);
      const dying = startWorker(["serve", file, "a", "30"], { DIE_AT: "1", STEP_MILLISECONDS: "200" });
      await dying.says("begun 1\n");
      const others = ["b", "c"].map((name) => startWorker(["serve", file, name, "30"]));
      const ends = await Promise.all([dying, ...others].map(({ ended }) => ended));
      expect(ends.map(({ code, signal }) => ({ code, signal }))).toEqual([
        { code: null, signal: "SIGKILL" },
        { code: 0, signal: null },
        { code: 0, signal: null },
      ]);
      const trials = (await openJournal(fileJournal(file))).study("s")?.trials ?? [];
      const dead = Number(/dying (\d+)/.exec(ends[0]?.output ?? "")?.[1]);
      expect(trials[dead]?.state).toBe("failed");
      const retries = trials.filter((trial) => retryHistory(trial).at(-1) === dead);
      expect(retries.map(({ state }) => state)).toEqual(["complete"]);
      const complete = trials.filter(({ state }) => state === "complete");
      expect(complete.length).toBeGreaterThanOrEqual(30);
      expect(complete.map(({ values, number }) => values?.[0] === number)).toEqual(complete.map(() => true));
      expect(trials.filter(({ state }) => state === "running")).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
