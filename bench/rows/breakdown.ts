// Where the time of a training step goes, by op: share, rates, and how near each comes to what the machine can do.
import { type Profile, type ProfileRow, Trainer } from "netwright";
import { type Network, networks } from "../networks.js";
import type { Options } from "../options.js";
import { leastMilliseconds, type Roofline } from "../roofline.js";
import { inTurns } from "../turns.js";
import { type TrainingCase, trainingContender } from "./training.js";

export interface OpShare {
  readonly op: string;
  readonly phase: ProfileRow["phase"];
  /** Of a step, all kernels of this op. */
  readonly milliseconds: number;
  readonly share: number;
  /** 0 where counting operations makes no sense. */
  readonly gflops: number;
  readonly gbytes: number;
  /** Arithmetic at the best rate of products or bytes at the rate of the cache that holds them, whichever is slower. */
  readonly leastMilliseconds?: number;
}

export interface Breakdown {
  readonly row: string;
  readonly title: string;
  readonly threads: number;
  /** Of a profiled step, a little above that of the comparison: reading the clock takes time too. */
  readonly milliseconds: number;
  readonly ops: readonly OpShare[];
  readonly kernels: readonly ProfileRow[];
}

export async function measureBreakdown(
  { row, title, network: name, batch }: TrainingCase,
  threads: number,
  options: Options,
  roofline: Roofline | undefined,
): Promise<Breakdown> {
  const network: Network = networks[name];
  using trainer = new Trainer(network.model, { ...network.options, threads, profile: true });
  using contender = trainingContender(network, trainer, batch);
  await inTurns([contender], { rounds: 2, milliseconds: options.milliseconds });
  const profile = trainer.profile().find((each) => each.mode === "train" && each.batch === batch);
  if (profile === undefined) throw new Error(`${title}: the trainer has no profile of its training steps`);
  const { milliseconds, rows } = profile;
  return { row, title, threads, milliseconds, ops: byOp(profile, roofline), kernels: rows };
}

/** Kernels of the same op added up, the longest first. */
function byOp({ milliseconds: whole, rows }: Profile, roofline: Roofline | undefined): OpShare[] {
  const groups = new Map<string, ProfileRow[]>();
  for (const row of rows) {
    const key = `${row.phase} ${row.op}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const sum = (group: readonly ProfileRow[], amount: (row: ProfileRow) => number) =>
    group.reduce((total, row) => total + amount(row), 0);
  return [...groups.values()]
    .map((group) => {
      const milliseconds = sum(group, (row) => row.milliseconds);
      const { op, phase } = group[0] as ProfileRow;
      return {
        op,
        phase,
        milliseconds,
        share: milliseconds / whole,
        gflops: sum(group, (row) => row.operations) / milliseconds / 1e6,
        gbytes: sum(group, (row) => row.bytes) / milliseconds / 1e6,
        ...(roofline && {
          leastMilliseconds: sum(group, (row) => leastMilliseconds(roofline, row.operations, row.bytes)),
        }),
      };
    })
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
