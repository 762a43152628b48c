// Measures contenders in turns, A B A B, so that a slow minute of the machine falls on all of them.
import { setTimeout as pause } from "node:timers/promises";

export interface Contender {
  readonly name: string;
  /** Does the work `times` times; resolves with the milliseconds of one. */
  measure(times: number): Promise<number>;
}

/** Milliseconds of one piece of work, by contender and round. */
export type Times = { readonly [contender: string]: readonly number[] };

/** Threads of the one before spin for a while after their last work: those of ONNX Runtime for about 40 ms. */
const PAUSE_MILLISECONDS = 100;

export async function inTurns(
  contenders: readonly Contender[],
  { rounds, milliseconds }: { rounds: number; milliseconds: number },
): Promise<Times> {
  const repetitions = new Map<string, number>();
  for (const contender of contenders) repetitions.set(contender.name, await calibrate(contender, milliseconds));
  const times: Record<string, number[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const { name, measure } of contenders) {
      await pause(PAUSE_MILLISECONDS);
      times[name]?.push(await measure(repetitions.get(name) as number));
    }
  return times;
}

/** How often the work fits into the time of a turn; also warms up. */
async function calibrate({ measure }: Contender, milliseconds: number): Promise<number> {
  await measure(1);
  let count = 1;
  for (;;) {
    const one = await measure(count);
    if (one * count > milliseconds / 4) return Math.max(1, Math.round(milliseconds / one));
    count *= 4;
  }
}
