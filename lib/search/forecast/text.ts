// Forecasts in a sentence.
import { durationText } from "../duration.js";
import type { Forecast } from "../forecast.js";
import type { Remaining } from "./remaining.js";

/** `The grid has 11,664 points: 31 h; 100 random trials with pruning: 9 min (6 to 13).` and the note, if there is one. */
export function forecastText({ grid, trials, note }: Forecast): string {
  const parts: string[] = [];
  if (grid !== undefined)
    parts.push(`The grid has ${countText(grid.points, "point")}: ${durationText(grid.milliseconds)}`);
  if (trials !== undefined) {
    const kind = ["random", "quasi-random"].includes(trials.sampler) ? `${trials.sampler} trial` : "trial";
    const pruning = trials.pruner === undefined ? "" : " with pruning";
    parts.push(`${countText(trials.count, kind)}${pruning}: ${withInterval(trials.milliseconds, trials.interval)}`);
  }
  return [`${parts.join("; ")}.`, note].filter((part) => part !== "").join(" ");
}

/** `37 trials are left: 9 min (6 to 13).` */
export function remainingText({ trials, milliseconds, interval }: Remaining): string {
  if (trials === 0) return "No trials are left.";
  const subject = trials === undefined ? "" : `${countText(trials, "trial")} ${trials === 1 ? "is" : "are"} left: `;
  if (milliseconds === undefined) return `${subject}how long is not known before a trial is finished.`;
  return `${subject}${withInterval(milliseconds, interval)}.`;
}

function withInterval(milliseconds: number, interval: readonly [number, number] | undefined): string {
  const text = durationText(milliseconds);
  if (interval === undefined) return text;
  const [amount, unit] = text.split(" ");
  const [low, high] = interval.map((each) => durationText(each).split(" "));
  if (low?.[0] === high?.[0] && low?.[0] === amount) return text;
  const bare = low?.[1] === unit && high?.[1] === unit;
  return `${text} (${bare ? low?.[0] : low?.join(" ")} to ${bare ? high?.[0] : high?.join(" ")})`;
}

function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
