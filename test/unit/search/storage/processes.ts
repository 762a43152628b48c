// Starts processes for the tests of journals, and waits for their end.
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  /** Resolves when the output holds the text; rejects with all of it when the process ends before. */
  says(text: string): Promise<void>;
}

export function start(command: string, given: readonly string[], environment: Record<string, string> = {}): Running {
  const child = spawn(command, given, { env: { ...process.env, ...environment } });
  let output = "";
  const listeners = new Set<() => void>();
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const listener = () => {
        if (!output.includes(text)) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
      listener();
      ended.then(() => reject(new Error(`ended without saying "${text}": ${output}`)), reject);
    });
  return { child, ended, says };
}

/** A process of journal_worker.ts. */
export function startWorker(given: readonly string[], environment: Record<string, string> = {}): Running {
  const script = path.join(import.meta.dirname, "journal_worker.ts");
  return start(process.execPath, ["--import", "tsx", script, ...given], environment);
}
