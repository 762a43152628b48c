// What a terminal can show: its width, colours or none, and names that cannot control it.
import type { TrialState } from "../record.js";

export interface TextOptions {
  /** Characters in a line. Default: those of the terminal, 100 when the output is none. */
  readonly width?: number;
  /** Default: when the output is a terminal and NO_COLOR is not set. */
  readonly color?: boolean;
}

export interface Terminal {
  readonly width: number;
  /** The text in the colour of a state, or in bold for the best; as it is without colours. */
  paint(style: TrialState | "best" | "faint", text: string): string;
}

const codes = { complete: 34, pruned: 90, failed: 31, running: 33, waiting: 35, best: 1, faint: 90 } as const;

export function terminal({ width, color }: TextOptions = {}): Terminal {
  const { isTTY = false, columns } = process.stdout;
  const painted = color ?? (isTTY && (process.env.NO_COLOR ?? "") === "");
  return {
    width: width ?? (columns || 100),
    paint: (style, text) => (painted ? `\u001b[${codes[style]}m${text}\u001b[0m` : text),
  };
}

/** A name from a journal on one line: control characters, which could steer a terminal, are shown as question marks. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "?");
}
