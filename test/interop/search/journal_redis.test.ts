// Journals in a real Redis server on loopback: shared with Optuna, with several processes of which one is killed, over a restart.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataError } from "../../../lib/errors.js";
import { openJournal } from "../../../lib/search/storage/journal.js";
import { redisJournal } from "../../../lib/search/storage/journal_redis.js";
import { retryHistory } from "../../../lib/search/storage/retries.js";
import { type Running, start, startWorker } from "../../unit/search/storage/processes.js";
import { expectSame, optunaReads, requireOptuna, requireRedis, startOptuna } from "./support.js";

let folder: string;
let port: number;
let server: Running;
const address = (database: number) => `redis://127.0.0.1:${port}/${database}`;

async function startServer(): Promise<void> {
  const given = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "yes"];
  server = start("redis-server", [...given, "--appendfsync", "always"]);
  await server.says("Ready to accept connections");
}

async function stopServer(): Promise<void> {
  server.child.kill("SIGTERM");
  await server.ended;
}

beforeAll(async () => {
  requireOptuna();
  requireRedis();
  folder = await mkdtemp(path.join(tmpdir(), "netwright-redis-"));
  const probe = createServer();
  port = await new Promise((resolve) => {
    probe.listen(0, "127.0.0.1", () => resolve((probe.address() as { port: number }).port));
  });
  await new Promise((resolve) => probe.close(resolve));
  await startServer();
});
afterAll(async () => {
  if (server) await stopServer();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("what Optuna writes is read here, and what is written here by Optuna", async () => {
  const dumped = await optunaReads("write", address(1));
  const journal = await openJournal(redisJournal(address(1)));
  expectSame(journal, dumped);
  await journal.createStudy("node", ["minimize"]);
  const { id } = await journal.createTrial("node", "w");
  for (let step = 0; step < 1500; step++) journal.report(id, "w", step, step % 7 ? step : Number.NaN);
  await journal.finish(id, "w", "complete", [1.5]);
  expectSame(journal, await optunaReads("dump", address(1)));
  await journal.close();
  await journal.close();
});

test("prefixes keep journals apart, and a counter that is none is told", async () => {
  const [a, b] = [redisJournal(address(2), { prefix: "a" }), redisJournal(address(2), { prefix: "b" })];
  const operation = { op_code: 10, worker_id: "w", value: Number.POSITIVE_INFINITY };
  expect(await a.append([operation], 1)).toBe(false);
  expect(await a.append([operation, operation], 0)).toBe(true);
  expect(await a.append([operation], 0)).toBe(false);
  expect(await b.read(0)).toEqual([]);
  expect(await a.read(1)).toEqual([operation]);
  const nested = redisJournal(address(2), { prefix: "a:log_number" });
  expect(await nested.read(0)).toEqual([]);
  await Promise.all([a, b, nested].map((journal) => journal.close()));
});

test("workers of both sides, one killed within a trial: it is noticed and run again, none is lost or counted twice", {
  timeout: 600_000,
}, async () => {
  const journal = await openJournal(redisJournal(address(3)));
  await journal.createStudy("s", ["minimize"]);
  const dying = startWorker(["serve", address(3), "a", "40"], { DIE_AT: "1", STEP_MILLISECONDS: "200" });
  await dying.says("begun 1\n");
  const others = ["b", "c"].map((name) => startWorker(["serve", address(3), name, "40"]));
  const optuna = startOptuna(["serve", address(3), "10"]);
  // Workers wait for every trial that is open, and nobody may declare one of Optuna's dead.
  const optunaEnded = optuna.ended.then((end) => {
    if (end.code !== 0) throw new Error(`Optuna's worker failed: ${end.output}`);
    return end;
  });
  const ends = await Promise.all([...[dying, ...others].map(({ ended }) => ended), optunaEnded]);
  expect(ends.map(({ signal, code }) => signal ?? code)).toEqual(["SIGKILL", 0, 0, 0]);
  const dead = Number(/dying (\d+)/.exec(ends[0]?.output ?? "")?.[1]);
  await journal.refresh();
  const trials = journal.study("s")?.trials ?? [];
  expect(trials[dead]?.state).toBe("failed");
  const retries = trials.filter((trial) => retryHistory(trial).at(-1) === dead);
  expect(retries.map(({ state }) => state)).toEqual(["complete"]);
  expect(trials.filter(({ state }) => state === "running")).toEqual([]);
  const complete = trials.filter(({ state }) => state === "complete");
  expect(complete.length).toBeGreaterThanOrEqual(40);
  expect(complete.filter(({ userAttributes }) => userAttributes.by === "python")).toHaveLength(10);
  expect(complete.map(({ values }) => values?.[0])).toEqual(complete.map(({ number }) => number));
  await journal.close();
});

test("a server that goes away is told; what was not written is written when it is back", async () => {
  const journal = await openJournal(redisJournal(address(4), { patience: 0 }));
  await journal.createStudy("s", ["minimize"]);
  const { id } = await journal.createTrial("s", "w");
  await stopServer();
  journal.report(id, "w", 1, 0.5);
  await expect(journal.flush()).rejects.toThrow(DataError);
  await expect(journal.refresh()).rejects.toThrow(/is the server running/);
  await startServer();
  await journal.flush();
  const other = await openJournal(redisJournal(address(4)));
  expect(other.trial(id).reports).toEqual(new Map([[1, 0.5]]));
  await Promise.all([journal.close(), other.close()]);
});

test("a restart of the server is waited for, and nothing is written twice", async () => {
  const backend = redisJournal(address(6));
  const journal = await openJournal(backend);
  await journal.createStudy("s", ["minimize"]);
  const { id } = await journal.createTrial("s", "w");
  for (let round = 0; round < 3; round++) {
    const writing = (async () => {
      for (let i = 0; i < 50; i++) {
        journal.report(id, "w", 100 * round + i, i);
        await journal.flush();
      }
    })();
    await stopServer();
    await sleep(100);
    await startServer();
    await writing;
  }
  expect(await journal.finish(id, "w", "complete", [1])).toBe(true);
  const steps = (await backend.read(0)).flatMap(({ op_code, step }) => (op_code === 7 ? [step] : []));
  expect(steps).toEqual([0, 1, 2].flatMap((round) => Array.from({ length: 50 }, (_, i) => 100 * round + i)));
  await journal.close();
});

test("an open journal keeps no process alive", async () => {
  const code = `
    import { openJournal } from "./lib/search/storage/journal.js";
    import { redisJournal } from "./lib/search/storage/journal_redis.js";
    const journal = await openJournal(redisJournal(${JSON.stringify(address(5))}));
    await journal.createStudy("s", ["minimize"]);
    console.log(journal.studyNames().length);`;
  const { ended } = start(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
  expect(await ended).toEqual({ code: 0, signal: null, output: "1\n" });
});
