// A journal's record is what all operations make of it, by Optuna's rules, whoever wrote them and when they are known.
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../../../lib/errors.js";
import { categoricalDistribution, floatDistribution, intDistribution } from "../../../../lib/search/distribution.js";
import type { JournalBackend, Operation } from "../../../../lib/search/storage/backend.js";
import { openJournal } from "../../../../lib/search/storage/journal.js";
import { memoryJournal } from "../../../../lib/search/storage/memory.js";

const rate = floatDistribution("rate", 1e-4, 1, { log: true });
const kind = categoricalDistribution("kind", ["sgd", "adam", true, null, 3]);

async function opened() {
  const backend = memoryJournal();
  const journal = await openJournal(backend);
  await journal.createStudy("s", ["maximize"]);
  return { backend, journal };
}

/** A backend whose appends wait for `let` and fail while `broken`. */
function held(inner: JournalBackend) {
  const state = { broken: undefined as Error | undefined, appends: 0, gate: Promise.resolve() };
  const backend: JournalBackend = {
    ...inner,
    append: async (operations, expected) => {
      state.appends++;
      await state.gate;
      if (state.broken) throw state.broken;
      return inner.append(operations, expected);
    },
  };
  return { backend, state };
}

describe("changes", () => {
  test("are known at once and to others when flushed, all in one append", async () => {
    const { backend, state } = held(memoryJournal());
    const journal = await openJournal(backend);
    await journal.createStudy("s", ["minimize"]);
    const { id } = await journal.createTrial("s", "w");
    state.appends = 0;
    journal.setParameter(id, "w", "rate", rate, 0.01);
    journal.setParameter(id, "w", "kind", kind, true);
    for (let step = 0; step < 100; step++) journal.report(id, "w", step, step === 7 ? Number.NaN : step / 3);
    journal.setTrialAttribute(id, "w", "user", "note", { deep: [1, null] });
    journal.setTrialAttribute(id, "w", "system", "rung", 2);
    journal.setStudyAttribute("s", "user", "owner", "me");
    const here = journal.study("s");
    expect(here?.trials[0]).toMatchObject({
      number: 0,
      state: "running",
      parameters: { rate: 0.01, kind: true },
      distributions: { rate, kind },
      userAttributes: { note: { deep: [1, null] } },
      systemAttributes: { rung: 2 },
    });
    expect(here?.trials[0]?.reports.size).toBe(100);
    expect(here?.userAttributes).toEqual({ owner: "me" });
    await journal.flush();
    expect(state.appends).toBe(1);
    const other = await openJournal(backend);
    expect(other.study("s")).toEqual(here);
  });

  test("the snapshot stays the same object until something changes, reading back one's own changes included", async () => {
    const { journal } = await opened();
    const { id } = await journal.createTrial("s", "w");
    const other = await journal.createTrial("s", "v");
    journal.report(id, "w", 1, 0.5);
    const before = journal.study("s");
    await journal.flush();
    await journal.refresh();
    expect(journal.study("s")).toBe(before);
    journal.report(id, "w", 2, 0.6);
    expect(journal.study("s")).not.toBe(before);
    expect(journal.study("s")?.trials[1]).toBe(journal.trial(other.id));
    expect([...(before?.trials[0]?.reports ?? [])]).toEqual([[1, 0.5]]);
  });

  test("as many as an objective can report without a pause are one append", async () => {
    const { backend, state } = held(memoryJournal());
    const journal = await openJournal(backend);
    await journal.createStudy("s", ["minimize"]);
    const { id } = await journal.createTrial("s", "w");
    state.appends = 0;
    for (let i = 0; i < 200_000; i++) journal.report(id, "w", i % 10, i);
    await journal.flush();
    expect(state.appends).toBe(1);
    expect((await openJournal(backend)).trial(id)).toEqual(journal.trial(id));
  });

  test("attributes are copied: what the caller does to them later is not seen", async () => {
    const { journal } = await opened();
    const { id } = await journal.createTrial("s", "w");
    const list = [1];
    journal.setTrialAttribute(id, "w", "user", "list", list);
    list.push(2);
    expect(journal.trial(id).userAttributes.list).toEqual([1]);
  });

  test("a failed append rejects the flush, keeps the changes and writes them once when it works again", async () => {
    const { backend, state } = held(memoryJournal());
    const journal = await openJournal(backend);
    await journal.createStudy("s", ["minimize"]);
    const { id } = await journal.createTrial("s", "w");
    state.broken = new DataError("disk full");
    journal.report(id, "w", 1, 1);
    await expect(journal.flush()).rejects.toThrow("disk full");
    await expect(journal.finish(id, "w", "complete", [1])).rejects.toThrow("disk full");
    expect(journal.trial(id)).toMatchObject({ state: "running", reports: new Map([[1, 1]]) });
    state.broken = undefined;
    await journal.flush();
    expect((await backend.read(0)).filter(({ op_code }) => op_code === 7)).toHaveLength(1);
    expect(await journal.finish(id, "w", "complete", [1])).toBe(true);
  });

  test("an append that was written although it seemed to fail is not written again", async () => {
    const inner = memoryJournal();
    let breaks = false;
    const journal = await openJournal({
      ...inner,
      append: async (operations) => {
        await inner.append(operations);
        if (breaks) throw new Error("connection lost");
        return true;
      },
    });
    await journal.createStudy("s", ["minimize"]);
    breaks = true;
    const trial = await journal.createTrial("s", "w");
    journal.report(trial.id, "w", 1, 1);
    await journal.flush();
    expect((await inner.read(0)).map(({ op_code }) => op_code)).toEqual([0, 4, 7]);
  });
});

describe("several workers", () => {
  test("the first claim gets a waiting trial, the others the next or none", async () => {
    const { backend, journal } = await opened();
    for (const value of [0.1, 0.2])
      await journal.createTrial("s", "w", { state: "waiting", systemAttributes: { fixed_params: { rate: value } } });
    const journals = [journal, ...(await Promise.all([1, 2, 3].map(() => openJournal(backend))))];
    const claims = await Promise.all(
      journals.map((each, i) => each.claimWaiting("s", `w${i}`, () => ({ by: `w${i}` }))),
    );
    const won = claims.flatMap((trial, i) => (trial === undefined ? [] : [{ number: trial.number, by: `w${i}` }]));
    expect(won.map(({ number }) => number).sort()).toEqual([0, 1]);
    await journal.refresh();
    for (const { number, by } of won)
      expect(journal.study("s")?.trials[number]).toMatchObject({ state: "running", systemAttributes: { by } });
    expect((await backend.read(0)).filter(({ op_code }) => op_code === 6)).toHaveLength(2);
  });

  test("a claim that another one precedes in the log changes nothing", async () => {
    const { backend, journal } = await opened();
    const { id } = await journal.createTrial("s", "w", { state: "waiting" });
    const claim = (worker_id: string, minute: number): Operation => ({
      op_code: 6,
      worker_id,
      trial_id: id,
      state: 0,
      values: null,
      datetime_start: `2026-01-01T00:0${minute}:00.000000+00:00`,
    });
    await backend.append([claim("python-1", 1), claim("python-2", 2)]);
    await journal.refresh();
    expect(journal.trial(id).startedAt).toEqual(new Date("2026-01-01T00:01:00Z"));
    expect(await journal.claimWaiting("s", "w")).toBeUndefined();
  });

  test("what is written after a trial's end is ignored, even when it was applied in advance", async () => {
    const { backend, journal } = await opened();
    const { id } = await journal.createTrial("s", "w");
    const other = await openJournal(backend);
    journal.report(id, "w", 1, 1);
    await journal.flush();
    await other.refresh();
    await other.finish(id, "v", "failed");
    journal.report(id, "w", 2, 2);
    expect(journal.trial(id).reports.get(2)).toBe(2);
    expect(await journal.finish(id, "w", "complete", [5])).toBe(false);
    await other.refresh();
    expect(journal.trial(id)).toEqual(other.trial(id));
    expect(journal.trial(id)).toMatchObject({ state: "failed", values: undefined, reports: new Map([[1, 1]]) });
    const length = (await backend.read(0)).length;
    journal.report(id, "w", 3, 3);
    await journal.flush();
    expect(await backend.read(0)).toHaveLength(length);
  });

  test("changes of others that come before one's own in the log are under them, not over them", async () => {
    const { backend, state } = held(memoryJournal());
    const journal = await openJournal(backend);
    await journal.createStudy("s", ["minimize"]);
    const { id } = await journal.createTrial("s", "w");
    const other = await openJournal(backend);
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    other.setTrialAttribute(id, "v", "user", "a", "theirs");
    other.setTrialAttribute(id, "v", "user", "b", "theirs");
    other.setStudyAttribute("s", "system", "a", "theirs");
    const first = other.flush();
    journal.setTrialAttribute(id, "w", "user", "a", "ours");
    journal.setStudyAttribute("s", "system", "a", "ours");
    open();
    await Promise.all([first, journal.flush()]);
    await other.refresh();
    for (const each of [journal, other]) {
      expect(each.trial(id).userAttributes).toEqual({ a: "ours", b: "theirs" });
      expect(each.study("s")?.systemAttributes).toEqual({ a: "ours" });
    }
  });

  test("two create one study: the first in the log is everybody's", async () => {
    const backend = memoryJournal();
    const [a, b] = await Promise.all([openJournal(backend), openJournal(backend)]);
    const [first, second] = await Promise.all([a.createStudy("s", ["minimize"]), b.createStudy("s", ["maximize"])]);
    expect(first.directions).toEqual(second.directions);
    expect(a.studyNames()).toEqual(["s"]);
  });
});

describe("parameters of one name", () => {
  const int = intDistribution("rate", 1, 8);

  test("may change their bounds, not their kind, logarithm or choices", async () => {
    const { journal } = await opened();
    const [first, second] = [await journal.createTrial("s", "w"), await journal.createTrial("s", "v")];
    journal.setParameter(first.id, "w", "rate", rate, 0.5);
    journal.setParameter(second.id, "v", "rate", floatDistribution("rate", 0.1, 9, { log: true }), 9);
    for (const distribution of [int, floatDistribution("rate", 1, 8), categoricalDistribution("rate", [1])])
      expect(() => journal.setParameter(second.id, "v", "rate", distribution, 1)).toThrow(ArgumentError);
    expect(() => journal.setParameter(second.id, "v", "rate", rate, 2)).toThrow(/not within/);
  });

  test("are ignored when the trial of the least number has another kind, even when applied in advance", async () => {
    const { backend, state } = held(memoryJournal());
    const journal = await openJournal(backend);
    await journal.createStudy("s", ["minimize"]);
    const [first, second] = [await journal.createTrial("s", "w"), await journal.createTrial("s", "v")];
    const other = await openJournal(backend);
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    other.setParameter(second.id, "v", "rate", int, 3);
    const theirs = other.flush();
    journal.setParameter(first.id, "w", "rate", rate, 0.5);
    journal.report(first.id, "w", 1, 1);
    open();
    await Promise.all([theirs, journal.flush()]);
    await other.refresh();
    expect(journal.study("s")).toEqual(other.study("s"));
    expect(journal.trial(second.id).parameters).toEqual({ rate: 3 });
    expect(journal.trial(first.id)).toMatchObject({ parameters: {}, reports: new Map([[1, 1]]) });
  });
});

describe("studies", () => {
  test("are numbered by creation, deleted ones leave their trials' ids taken", async () => {
    const { journal, backend } = await opened();
    await journal.createTrial("s", "w");
    await journal.deleteStudy("s");
    expect(journal.study("s")).toBeUndefined();
    await journal.createStudy("s", ["minimize", "maximize"]);
    const trial = await journal.createTrial("s", "w");
    expect(trial).toMatchObject({ id: 1, number: 0 });
    expect((await backend.read(0)).at(-1)).toMatchObject({ op_code: 4, study_id: 1 });
    expect((await openJournal(backend)).study("s")?.directions).toEqual(["minimize", "maximize"]);
  });

  test("a trial of a study that another worker deleted is an error", async () => {
    const { journal, backend } = await opened();
    await (await openJournal(backend)).deleteStudy("s");
    await expect(journal.createTrial("s", "w")).rejects.toThrow(DataError);
  });

  test("10,000 trials stay usable: asking for the study copies nothing but a list", async () => {
    const { journal, backend } = await opened();
    const create = { op_code: 4, worker_id: "w", study_id: 0, datetime_start: "2026-01-01T00:00:00.000000" };
    const reports = (trial_id: number) =>
      [1, 2, 3].map((step) => ({ op_code: 7, worker_id: "w", trial_id, step, intermediate_value: step }));
    await backend.append(Array.from({ length: 10_000 }, (_, id) => [create, ...reports(id)]).flat());
    await journal.refresh();
    const before = journal.study("s");
    journal.report(5000, "w", 4, 0);
    const after = journal.study("s");
    expect(after?.trials.filter((trial, i) => trial !== before?.trials[i]).map(({ number }) => number)).toEqual([5000]);
    expect(before?.trials).toHaveLength(10_000);
  });
});

describe("errors", () => {
  test("name what is not there", async () => {
    const { journal } = await opened();
    expect(() => journal.trial(9)).toThrow(ArgumentError);
    expect(() => journal.report(9, "w", 1, 1)).toThrow(ArgumentError);
    expect(() => journal.setStudyAttribute("t", "user", "a", 1)).toThrow(/no study "t"; it has "s"/);
    await expect(journal.createTrial("s", "w", { parameters: { a: 1 } })).rejects.toThrow(/"a" .* no distribution/);
    await expect(journal.createStudy("t", ["up" as "minimize"])).rejects.toThrow(ArgumentError);
  });

  test("a complete trial needs numbers", async () => {
    const { journal } = await opened();
    const { id } = await journal.createTrial("s", "w");
    await expect(journal.finish(id, "w", "complete")).rejects.toThrow(ArgumentError);
    await expect(journal.finish(id, "w", "complete", [Number.NaN])).rejects.toThrow(/fail the trial/);
    expect(await journal.finish(id, "w", "pruned")).toBe(true);
    expect(await journal.finish(id, "w", "failed")).toBe(false);
  });

  test.each([
    [{ op_code: 11, worker_id: "w" }, /record 2 .* no operation 11/],
    [{ op_code: 0, worker_id: "w", study_name: "t", directions: [7] }, /no direction 7/],
    [{ op_code: 4, worker_id: "w", study_id: 0, datetime_start: "yesterday" }, /"yesterday" is no time/],
    [{ op_code: 5, worker_id: "w", trial_id: 0, param_name: "a", distribution: "}" }, undefined],
  ])("%o", async (operation, message) => {
    const { backend } = await opened();
    await backend.append([operation]);
    if (message === undefined) expect((await openJournal(backend)).study("s")?.trials).toEqual([]);
    else await expect(openJournal(backend)).rejects.toThrow(message);
  });

  test("operation 10 is read over", async () => {
    const { backend } = await opened();
    await backend.append([{ op_code: 10, worker_id: "w", trial_ids: [0] }]);
    expect((await openJournal(backend)).studyNames()).toEqual(["s"]);
  });
});
