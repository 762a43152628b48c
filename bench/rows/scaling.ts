// How the cost of a training step grows with batch, width, depth and threads, for netwright alone.
import { availableParallelism } from "node:os";
import { Trainer } from "netwright";
import { deep, type Network, networks, wide } from "../networks.js";
import { countOperations } from "../operations.js";
import type { Options } from "../options.js";
import { median, threadsText } from "../statistics.js";
import { inTurns } from "../turns.js";
import { OWN } from "./row.js";
import { trainingContender } from "./training.js";

export interface ScalingPoint {
  readonly what: string;
  readonly batch: number;
  readonly threads: number;
  readonly milliseconds: number;
  /** Of a step. */
  readonly operations: number;
}

export interface ScalingSeries {
  readonly series: "batch" | "width" | "depth" | "threads";
  readonly title: string;
  readonly points: readonly ScalingPoint[];
}

async function point(network: Network, what: string, batch: number, threads: number, options: Options) {
  using trainer = new Trainer(network.model, { ...network.options, threads });
  using contender = trainingContender(network, trainer, batch);
  const times = await inTurns([contender], { rounds: Math.min(options.rounds, 5), milliseconds: options.milliseconds });
  const operations = countOperations(network.model).train * batch;
  return { what, batch, threads, milliseconds: median(times[OWN] ?? []), operations };
}

export async function measureScaling(options: Options): Promise<ScalingSeries[]> {
  const { usps } = networks;
  const few = <T>(all: readonly T[]): readonly T[] => (options.quick ? all.filter((_, i) => i % 2 === 0) : all);
  const series = async <T>(
    name: ScalingSeries["series"],
    title: string,
    values: readonly T[],
    make: (value: T) => Promise<ScalingPoint>,
  ): Promise<ScalingSeries> => {
    const points: ScalingPoint[] = [];
    for (const value of values) points.push(await make(value));
    return { series: name, title, points };
  };
  return [
    await series("batch", "USPS network, 1 thread", few([1, 4, 10, 32, 64, 128, 256]), (batch) =>
      point(usps, `batch ${batch}`, batch, 1, options),
    ),
    await series(
      "width",
      "filters of the first of three blocks, batch 64, 1 thread",
      few([4, 8, 16, 32, 64]),
      (filters) => point(wide(filters), `${filters} filters`, 64, 1, options),
    ),
    await series("depth", "residual blocks of 32 filters, 16x16, batch 32, 1 thread", few([1, 2, 4, 8, 16]), (blocks) =>
      point(deep(blocks), `${blocks} blocks`, 32, 1, options),
    ),
    await series("threads", "USPS network, batch 10, 64 and 256", threadPoints(options), ([batch, threads]) =>
      point(usps, `batch ${batch}, ${threadsText(threads)}`, batch, threads, options),
    ),
  ];
}

function threadPoints({ threads }: Options): [number, number][] {
  const counts = threads.length > 1 ? threads : [...new Set([1, availableParallelism()])];
  return [10, 64, 256].flatMap((batch) => counts.map((count): [number, number] => [batch, count]));
}
