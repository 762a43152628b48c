// A peer framework in a process of its own that answers one measurement at a time.
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export interface PeerRequest {
  readonly work: "train" | "predict";
  readonly network: string;
  readonly batch: number;
  readonly times: number;
  /** One of the peer's ways to do it. */
  readonly variant: string;
}

export interface Peer {
  /** "PyTorch 1.13.0". */
  readonly name: string;
  /** Ways in which it can do each kind of work, such as "eager" and "compile". */
  readonly variants: { readonly [work in PeerRequest["work"]]: readonly string[] };
  /** Milliseconds of a step or a prediction; throws when the peer cannot do it. */
  measure(request: PeerRequest): Promise<number>;
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
  const child = spawn(command, parameters, {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return undefined;
  const { peer, variants } = JSON.parse(first.value) as { peer: string; variants: Peer["variants"] };
  return {
    name: peer,
    variants,
    async measure(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`${peer} ended while it measured ${JSON.stringify(request)}`);
      const answer = JSON.parse(line.value) as { milliseconds?: number; error?: string };
      if (answer.milliseconds === undefined) throw new Error(`${peer} ${request.variant}: ${answer.error}`);
      return answer.milliseconds;
    },
    close: () => child.stdin.end(),
  };
}
