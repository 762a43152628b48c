// A study whose processes are killed at any moment goes on where it was, and several processes serve one study.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { createStudy, failureOf, random, type TrialRecord } from "../../lib/index.js";

const entry = pathToFileURL(path.resolve("dist/index.js")).href;
const UNTIL = 24;

/** Runs the study in a process of its own, with trials of some tens of milliseconds. */
function worker(file: string, slots = 2): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `
    import { createStudy, random } from ${JSON.stringify(entry)};
    const study = await createStudy(${JSON.stringify(file)}, { sampler: random({ seed: 1 }) });
    await study.optimize(async (trial) => {
      const x = trial.float("x", 0, 1);
      for (let step = 1; step <= 4; step++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await trial.report(x + 1 / step, step);
      }
      return x;
    }, { until: ${UNTIL}, parallel: ${slots}, heartbeat: "1 s" });
    await study.close();
    `,
  ]);
  child.stderr?.pipe(process.stderr);
  return { child, ended: new Promise((resolve) => child.on("close", resolve)) };
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "killed-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** What no kill may change: so many finished trials, each retry of the one that died, nothing twice. */
function checkTrials(trials: readonly TrialRecord[]): void {
  const complete = trials.filter(({ state }) => state === "complete");
  expect(complete.length).toBe(UNTIL);
  expect(new Set(complete.map(({ parameters }) => parameters.x)).size).toBe(UNTIL);
  for (const trial of complete) {
    expect(trial.values).toEqual([trial.parameters.x]);
    expect([...trial.reports.keys()]).toEqual([1, 2, 3, 4]);
  }
  const failed = trials.filter(({ state }) => state === "failed");
  expect(trials.length).toBe(complete.length + failed.length);
  for (const trial of failed) {
    expect(failureOf(trial)?.kind).toBe("dead");
    const retries = trials.filter(
      (other) => (other.systemAttributes.retry_history as number[])?.at(-1) === trial.number,
    );
    expect(retries.length).toBe(1);
    if (trial.parameters.x !== undefined) expect(retries[0]?.parameters.x).toBe(trial.parameters.x);
  }
}

it("goes on after SIGKILL at any moment; nothing is lost or counted twice", async () => {
  const file = path.join(folder(), "killed.journal");
  let kills = 0;
  // From before the first line is written to well within the trials.
  for (const delay of [150, 320, 380, 450, 530]) {
    const { child, ended } = worker(file);
    const timer = setTimeout(() => child.kill("SIGKILL"), delay);
    if ((await ended) === null) kills++;
    clearTimeout(timer);
  }
  expect(kills).toBeGreaterThan(0);
  expect(await worker(file).ended).toBe(0);
  const study = await createStudy(file, { sampler: random({ seed: 1 }) });
  onTestFinished(() => study.close());
  checkTrials(study.trials);
}, 60_000);

it("three processes share a study, one is killed, and its trials are tried again by the others", async () => {
  const file = path.join(folder(), "shared.journal");
  const workers = [worker(file), worker(file), worker(file)];
  const killed = workers[1]!;
  // Not before it has a trial of its own in the journal.
  const owns = () => {
    try {
      return readFileSync(file, "utf8").includes(`:${killed.child.pid}:`);
    } catch {
      return false;
    }
  };
  while (!owns()) await new Promise((resolve) => setTimeout(resolve, 5));
  killed.child.kill("SIGKILL");
  const codes = await Promise.all(workers.map(({ ended }) => ended));
  expect(codes).toEqual([0, null, 0]);
  const study = await createStudy(file, { sampler: random({ seed: 1 }) });
  onTestFinished(() => study.close());
  checkTrials(study.trials);
  expect(study.trials.some((trial) => failureOf(trial)?.kind === "dead")).toBe(true);
}, 60_000);
