// What a training costs in time, from the first part of it.
import type { Dataset } from "../../runtime/dataset.js";
import type { FitOptions, TickRecord } from "../../runtime/fit_options.js";
import type { Trainer } from "../../runtime/trainer.js";

/** What is needed of a Trainer. */
export type TimedTrainer = Pick<Trainer, "fit" | "evaluate">;

/** Milliseconds from some moment on. */
export type Clock = () => number;

export interface TrainingCost {
  readonly epochs: number;
  /** Of all epochs with their validation, the slower first one included. */
  readonly milliseconds: number;
}

/** First steps are slower: memory is allocated, caches are cold, scaling is fitted. */
const WARM_UP_MILLISECONDS = 150;
const MEASURED_MILLISECONDS = 300;

/**
 * Trains for a part of a second after the warm-up and extrapolates: from whole epochs where they are short, from steps of
 * the first epoch and a part of the validation data where they are long. Early stopping is left out.
 * Rejects with what `fit` rejects with, NonFiniteError among it.
 */
export async function trainingCost(
  trainer: TimedTrainer,
  train: Dataset,
  { earlyStopping, ...options }: FitOptions,
  clock: Clock,
): Promise<TrainingCost> {
  const epochs = options.epochs ?? 10;
  const enough = new AbortController();
  const begin = clock();
  const ends: number[] = [];
  let warm: { readonly tick: TickRecord; readonly at: number } | undefined;
  let pace: { readonly millisecondsPerStep: number; readonly steps: number } | undefined;

  const onTick = (tick: TickRecord) => {
    if (ends.length > 0 || pace !== undefined) return;
    const at = clock();
    if (warm === undefined) {
      if (at - begin >= WARM_UP_MILLISECONDS) warm = { tick, at };
      return;
    }
    if (at - warm.at < MEASURED_MILLISECONDS || tick.step <= warm.tick.step) return;
    const millisecondsPerStep = (at - warm.at) / (tick.step - warm.tick.step);
    if (millisecondsPerStep * (tick.steps - tick.step) < MEASURED_MILLISECONDS) return;
    pace = { millisecondsPerStep, steps: tick.steps };
    enough.abort();
  };

  const run = trainer.fit(train, {
    ...options,
    keepBest: options.keepBest ?? earlyStopping !== undefined,
    signal: AbortSignal.any([enough.signal, ...(options.signal ? [options.signal] : [])]),
    onTick,
  });
  for await (const _ of run) {
    ends.push(clock());
    if (ends.length > 1 && ends.at(-1)! - ends[0]! >= MEASURED_MILLISECONDS) break;
  }
  options.signal?.throwIfAborted();

  const first = ends[0];
  if (first !== undefined) {
    const further = ends.length > 1 ? (ends.at(-1)! - first) / (ends.length - 1) : 0;
    return { epochs, milliseconds: first - begin + (epochs - 1) * further };
  }
  if (warm === undefined || pace === undefined) throw new Error("the training ended before anything of it was timed");
  const warmUp = Math.max(0, warm.at - begin - warm.tick.step * pace.millisecondsPerStep);
  const validation = options.validation === undefined ? 0 : await validationCost(trainer, options.validation, clock);
  return { epochs, milliseconds: warmUp + epochs * (pace.millisecondsPerStep * pace.steps + validation) };
}

/** Milliseconds of one pass over the validation data, from as many rows as tell it. */
async function validationCost(trainer: TimedTrainer, data: Dataset, clock: Clock): Promise<number> {
  const measure = async (rows: number) => {
    using part = data.slice(0, rows);
    const begin = clock();
    await trainer.evaluate(part);
    return clock() - begin;
  };
  await measure(Math.min(data.rows, 256));
  for (let rows = 1024; rows < data.rows; rows *= 4) {
    const milliseconds = await measure(rows);
    if (milliseconds >= MEASURED_MILLISECONDS / 4) return (milliseconds * data.rows) / rows;
  }
  return measure(data.rows);
}
