// Runs a Python script of this folder with Optuna: JSON lines in, JSON lines out.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** One result for each of the inputs. Throws, naming the Debian package, when Optuna is not there. */
export function askOptuna<Result>(script: string, inputs: readonly unknown[]): Result[] {
  const python = process.env.NETWRIGHT_PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
  const { status, stdout, stderr, error } = spawnSync(python, [path.join(import.meta.dirname, script)], {
    input: inputs.map((input) => JSON.stringify(input)).join("\n"),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0)
    throw new Error(
      `${python} cannot run ${script}: install Debian's packages python3-optuna and python3-sklearn, or name an interpreter that has Optuna in NETWRIGHT_PYTHON.\n${error?.message ?? stderr}`,
    );
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);
}
