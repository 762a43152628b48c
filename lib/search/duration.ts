// Times as people write and read them: "10 min" to milliseconds and back.
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";

/** Milliseconds, or a number with its unit. */
export type Duration = number | `${number} ${"ms" | "s" | "min" | "h" | "d"}`;

const MILLISECONDS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds; throws ArgumentError that names the option. */
export function milliseconds(name: string, duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) *(ms|s|min|h|d)$/.exec(String(duration).trim()) ?? [];
  const result =
    typeof duration === "number" ? duration : Number(amount) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  if (result >= 0 && Number.isFinite(result)) return result;
  throw new ArgumentError(
    `${name}: expected milliseconds, or a time such as "90 s", "10 min" or "2 h", found ${valueText(duration)}`,
  );
}

/** `45 s`, `9.5 min`, `31 h`: two digits that matter, in the unit that suits. */
export function durationText(duration: number): string {
  if (!Number.isFinite(duration)) return "for ever";
  const units = [
    ["d", 2 * MILLISECONDS.d],
    ["h", 1.5 * MILLISECONDS.h],
    ["min", 1.5 * MILLISECONDS.min],
    ["s", MILLISECONDS.s],
  ] as const;
  const [unit] = units.find(([, from]) => duration >= from) ?? (["ms"] as const);
  const amount = duration / MILLISECONDS[unit];
  return `${amount < 9.95 && unit !== "ms" ? amount.toFixed(1).replace(/\.0$/, "") : Math.round(amount)} ${unit}`;
}
