// Runs Optuna for the tests of journals, and holds what it reads against what is read here.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { encodeDistribution } from "../../../lib/search/distribution.js";
import type { StudyRecord } from "../../../lib/search/record.js";
import { decodeJson } from "../../../lib/search/storage/json.js";
import type { StudyJournal } from "../../../lib/search/storage/study_journal.js";
import { type Running, start } from "../../unit/search/storage/processes.js";

const PACKAGES = "Debian's packages are python3-optuna, python3-redis, python3-sklearn and redis-server";

/** The interpreter that has Optuna: `NETWRIGHT_PYTHON`, else Debian's, else the first of the path. */
export const python = process.env.NETWRIGHT_PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

const script = path.join(import.meta.dirname, "journal.py");

/** Throws, naming Debian's packages, when Optuna or Redis is missing: a test that compares with nothing has not passed. */
export function requireOptuna(): void {
  const { status, stderr, error } = spawnSync(python, ["-c", "import optuna, redis"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${python} cannot import optuna and redis; ${PACKAGES}: ${error ?? stderr}`);
}

export function requireRedis(): void {
  const { status, error } = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`redis-server does not run; ${PACKAGES}: ${error ?? ""}`);
}

export function startOptuna(given: readonly string[], environment: Record<string, string> = {}): Running {
  return start(python, [script, ...given], environment);
}

/** Debian's Optuna writes times without an offset: both sides must be in one zone. */
const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface Dumped {
  readonly name: string;
  readonly trials: readonly { readonly state: string }[];
}

/** All studies as Optuna reads them; with `write` after it has written its own. */
export async function optunaReads(command: "dump" | "write", location: string, zone = LOCAL_ZONE): Promise<Dumped[]> {
  const { code, output } = await startOptuna([command, location], { TZ: zone }).ended;
  expect({ code, output }).toMatchObject({ code: 0 });
  return decodeJson(output.trim().split("\n").at(-1) as string) as Dumped[];
}

const STATES = { running: "RUNNING", waiting: "WAITING", complete: "COMPLETE", pruned: "PRUNED", failed: "FAIL" };

/** A study as Optuna's side prints it; `values` of trials that have none by our reading are left to Optuna. */
function asDumped(study: StudyRecord): object {
  return {
    name: study.name,
    directions: study.directions.map((direction) => direction.toUpperCase()),
    user: study.userAttributes,
    system: study.systemAttributes,
    trials: study.trials.map((trial) => ({
      id: trial.id,
      number: trial.number,
      state: STATES[trial.state],
      values: trial.values ?? null,
      params: trial.parameters,
      distributions: Object.fromEntries(
        Object.entries(trial.distributions).map(([name, d]) => [name, JSON.parse(encodeDistribution(d))]),
      ),
      reports: [...trial.reports].sort(([a], [b]) => a - b),
      user: trial.userAttributes,
      system: trial.systemAttributes,
      start: seconds(trial.startedAt),
      end: seconds(trial.endedAt),
    })),
  };
}

/** Python has microseconds, JavaScript milliseconds. */
function seconds(time: Date | undefined): unknown {
  if (time === undefined) return null;
  return { asymmetricMatch: (other: unknown) => Math.abs(Number(other) - time.getTime() / 1000) <= 0.0011 };
}

/** Every field of every study is the same on both sides. */
export function expectSame(journal: StudyJournal, dumped: readonly Dumped[]): void {
  expect(dumped).toEqual(journal.studyNames().map((name) => asDumped(journal.study(name) as StudyRecord)));
}
