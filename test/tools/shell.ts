// Running other programs from the project's own tools: output passes through, a failure ends the tool.
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The top folder of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Processes that a build may run beside each other. */
export const jobs = String(availableParallelism());

/** Runs a program to its end; returns its exit code and, with `capture`, what it printed. */
export function run(
  command: string,
  parameters: readonly string[],
  options: SpawnSyncOptions & { capture?: boolean } = {},
): { code: number; output: string } {
  const { capture, ...rest } = options;
  const result = spawnSync(command, parameters, {
    cwd: root,
    stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit",
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...rest,
  });
  if (result.error) return { code: 127, output: `${command}: ${result.error.message}\n` };
  return { code: result.status ?? 1, output: `${result.stdout ?? ""}${result.stderr ?? ""}` };
}

/** Like run(), but ends this process when the program fails. */
export function runOrExit(command: string, parameters: readonly string[], options: SpawnSyncOptions = {}): void {
  const { code, output } = run(command, parameters, options);
  if (code !== 0) {
    process.stderr.write(output);
    process.exit(code);
  }
}

/** Runs a program of node_modules by its script, so that no shell and no wrapper stands between. */
export function packageScript(script: string, parameters: readonly string[]): [string, string[]] {
  return [process.execPath, [path.join(root, "node_modules", script), ...parameters]];
}
