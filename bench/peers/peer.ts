// A peer framework in a process of its own that answers one measurement at a time.
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export interface StepRequest {
  network: string;
  batch: number;
  steps: number;
}

export interface Peer {
  readonly name: string;
  /** Milliseconds of a training step. */
  measure(request: StepRequest): Promise<number>;
  close(): void;
}

/** Starts PyTorch with that many threads; undefined when no Python has it. */
export async function startTorch(threads: number): Promise<Peer | undefined> {
  // Debian's python3-torch belongs to the system's Python, which need not be the first on the path.
  for (const python of [process.env.PYTHON ?? "python3", "/usr/bin/python3"]) {
    const peer = await start(python, [path.join(import.meta.dirname, "torch_steps.py"), String(threads)]);
    if (peer) return peer;
  }
  return undefined;
}

async function start(command: string, parameters: string[]): Promise<Peer | undefined> {
  const child = spawn(command, parameters, { stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return undefined;
  const { peer } = JSON.parse(first.value) as { peer: string };
  return {
    name: peer,
    async measure(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await lines.next();
      if (answer.done) throw new Error(`${peer} ended while it measured ${JSON.stringify(request)}`);
      return (JSON.parse(answer.value) as { milliseconds: number }).milliseconds;
    },
    close: () => child.stdin.end(),
  };
}
