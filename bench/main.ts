// Time of a training step, netwright and PyTorch in turns; prints a table and writes out/bench_step.json.
// npm run bench -- [--rounds 7] [--milliseconds 300] [--threads 1,2] [--only usps]
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { info } from "netwright";
import { type NetworkName, networks } from "./networks.js";
import { type Peer, startTorch } from "./peers/peer.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    milliseconds: { type: "string", default: "300" },
    threads: { type: "string", default: "1,2" },
    only: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const budget = Number(values.milliseconds);
const cases: { network: NetworkName; batches: number[] }[] = [
  { network: "usps", batches: [10, 64, 256] },
  { network: "houses", batches: [64] },
];

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Steps that take about the budget, from one short and cold trial. */
async function stepsFor(measure: (steps: number) => Promise<number>): Promise<number> {
  await measure(10);
  return Math.max(10, Math.round(budget / (await measure(20))));
}

async function compare(network: NetworkName, batch: number, threads: number, peer: Peer | undefined) {
  const { trainer, data } = networks[network](threads);
  const own = async (steps: number): Promise<number> => {
    using rows = data(steps * batch);
    const { history } = await trainer.fit(rows, { epochs: 1, batchSize: batch });
    return ((history[0]?.seconds ?? Number.NaN) * 1e3) / steps;
  };
  const theirs = (steps: number) => (peer as Peer).measure({ network, batch, steps });
  const ownSteps = await stepsFor(own);
  const theirSteps = peer && (await stepsFor(theirs));
  const times: { own: number[]; peer: number[] } = { own: [], peer: [] };
  for (let round = 0; round < rounds; round++) {
    times.own.push(await own(ownSteps));
    if (theirSteps) times.peer.push(await theirs(theirSteps));
  }
  trainer.dispose();
  const [mine, other] = [median(times.own), median(times.peer)];
  const compared = peer ? `, ${peer.name} ${other.toFixed(3)} ms, ratio ${(other / mine).toFixed(2)}` : "";
  console.log(`${network} batch ${batch} threads ${threads}: netwright ${mine.toFixed(3)} ms${compared}`);
  return { network, batch, threads, peer: peer?.name, ownMilliseconds: times.own, peerMilliseconds: times.peer };
}

const results = [];
for (const threads of values.threads.split(",").map(Number)) {
  const peer = await startTorch(threads);
  if (!peer) console.log("PyTorch is not installed (python3-torch): netwright alone is timed");
  for (const { network, batches } of cases.filter(({ network }) => !values.only || values.only === network))
    for (const batch of batches) results.push(await compare(network, batch, threads, peer));
  peer?.close();
}

const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, ...info() };
mkdirSync("out", { recursive: true });
writeFileSync("out/bench_step.json", `${JSON.stringify({ machine, rounds, results }, null, 2)}\n`);
console.log("written: out/bench_step.json");
