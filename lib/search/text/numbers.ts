// Numbers, durations and names as people read them, in terminals, tables and plots alike.
import type { ParameterValue } from "../distribution.js";

/** Rounded to `digits` significant ones, whole numbers below a million as they are, exponents only where zeros would be counted. */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(digits - 1).replace(/\.?0*e\+?/, "e");
  if (size >= 10 ** (digits - 1)) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
}

/** Two units at most: `340 ms`, `3.4 s`, `5 min 20 s`, `3 h 5 min`, `2 d 4 h`. */
export function durationText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "unknown";
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${Number((milliseconds / 1000).toPrecision(milliseconds < 9950 ? 2 : 3))} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return pair(seconds, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 2880) return pair(minutes, 60, "h", "min");
  return pair(Math.round(minutes / 60), 24, "d", "h");
}

/** A share of 1: `43 %`, `0.4 %`. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent !== 0 && Math.abs(percent) < 9.95 ? Number(percent.toPrecision(2)) : Math.round(percent)} %`;
}

export function parameterText(value: ParameterValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "number" ? numberText(value) : String(value);
}

/** `1 trial`, `2 trials`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** At most `length` characters; what is left out is in the middle, because long names often differ at their ends. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  if (length < 4) return characters.slice(0, length).join("");
  const head = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (length - 1 - head)).join("")}`;
}

function pair(count: number, base: number, large: string, small: string): string {
  const rest = count % base;
  return `${Math.floor(count / base)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}
