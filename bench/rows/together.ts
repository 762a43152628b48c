// Whole trainings side by side in one process, a thread each: how much of the cores they turn into throughput.
import { availableParallelism } from "node:os";
import { Trainer } from "netwright";
import { networks } from "../networks.js";

const TRAININGS = 5;
/** As the reference study has them. */
const ROWS = 6000;
const VALIDATION_ROWS = 1291;
const BATCH = 10;

export interface Together {
  readonly trainings: number;
  readonly cores: number;
  readonly epochs: number;
  /** Training rows a second of one alone: the mean of before and after. */
  readonly alone: readonly number[];
  /** Of all of them together. */
  readonly together: number;
  /** together / (cores that can be used * alone). */
  readonly efficiency: number;
}

/** Rows a second of so many trainings at once, from the start of the first to the end of the last. */
async function throughput(trainings: number, epochs: number): Promise<number> {
  const { model, options, data } = networks.usps;
  using train = data(ROWS);
  using validation = data(VALIDATION_ROWS);
  train.native();
  validation.native();
  const trainers = Array.from({ length: trainings }, (_, seed) => new Trainer(model, { ...options, seed, threads: 1 }));
  const started = performance.now();
  await Promise.all(trainers.map((trainer) => trainer.fit(train, { epochs, batchSize: BATCH, validation })));
  const seconds = (performance.now() - started) / 1000;
  for (const trainer of trainers) trainer.dispose();
  return (trainings * epochs * ROWS) / seconds;
}

export async function measureTogether(epochs: number): Promise<Together> {
  const cores = Math.min(availableParallelism(), TRAININGS);
  // One alone has its own drift: half before, half after.
  const half = Math.max(1, Math.round(epochs / 4));
  const before = await throughput(1, half);
  const together = await throughput(TRAININGS, epochs);
  const alone = [before, await throughput(1, half)];
  const mean = alone.reduce((sum, rate) => sum + rate, 0) / alone.length;
  return { trainings: TRAININGS, cores, epochs, alone, together, efficiency: together / (cores * mean) };
}
