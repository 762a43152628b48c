// A process that serves a study in a journal, for the tests of several at once: node --import tsx journal_worker.ts TASK LOCATION ...
import { openJournal } from "../../../../lib/search/storage/journal.js";
import { openBackend } from "../../../../lib/search/storage/open.js";
import { firstSign, Heartbeat, HeartbeatWatch } from "../../../../lib/search/storage/heartbeat.js";
import { retryDeadTrials } from "../../../../lib/search/storage/dead_trials.js";

const [task, location, worker = "", count = "0"] = process.argv.slice(2);
const backend = openBackend(location);

/** One append an operation, each numbered, told to stdout when it is safe. */
async function append(): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    await backend.append([{ op_code: 10, worker_id: worker, i, filler: "x".repeat((i * 37) % 300) }]);
    process.stdout.write(`${i}\n`);
  }
}

/** Trials of the study "s" until so many are complete and none is open, dead ones included; dies within one when `DIE_AT` says so. */
async function serve(): Promise<void> {
  const journal = await openJournal(backend);
  const watch = new HeartbeatWatch();
  const interval = Number(process.env.HEARTBEAT_MILLISECONDS ?? 500);
  const dieAt = Number(process.env.DIE_AT ?? Number.NaN);
  const stepMilliseconds = Number(process.env.STEP_MILLISECONDS ?? 5);
  for (let begun = 0; ; ) {
    await retryDeadTrials(journal, "s", worker, watch);
    const trials = journal.study("s")?.trials ?? [];
    const complete = trials.filter(({ state }) => state === "complete").length;
    const going = trials.filter(({ state }) => state === "running" || state === "waiting").length;
    if (complete >= Number(count) && going === 0) break;
    const isLeft = complete + going < Number(count);
    const sign = () => firstSign(worker, interval);
    const trial =
      (await journal.claimWaiting("s", worker, sign)) ??
      (isLeft ? await journal.createTrial("s", worker, { systemAttributes: sign() }) : undefined);
    if (trial === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    process.stdout.write(`begun ${trial.number}\n`);
    const alive = new Heartbeat(journal, trial.id, worker, interval);
    for (let step = 1; step <= 5; step++) {
      journal.report(trial.id, worker, step, step);
      await new Promise((resolve) => setTimeout(resolve, stepMilliseconds));
    }
    if (begun++ === dieAt) {
      await journal.flush();
      process.stdout.write(`dying ${trial.number}\n`);
      process.kill(process.pid, "SIGKILL");
    }
    journal.setTrialAttribute(trial.id, worker, "user", "by", worker);
    await journal.finish(trial.id, worker, "complete", [trial.number]);
    alive.stop();
  }
  await journal.close();
}

await (task === "append" ? append() : serve());
