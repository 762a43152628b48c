// What a section of the report is made of: text, tables, figures, and claims of the original beside what was measured.
import type { Verdict } from "./measuring/verdict.js";

/** Paragraphs are plain text; what stands between backticks is set as code. */
export interface Text {
  readonly kind: "text";
  readonly heading?: string;
  readonly paragraphs: readonly string[];
}

export interface Table {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly string[];
  /** One text a column. */
  readonly rows: readonly (readonly string[])[];
}

/** A Plotly figure, as data; `figures.ts` makes the usual ones. */
export interface Figure {
  readonly kind: "figure";
  readonly caption: string;
  readonly data: readonly object[];
  readonly layout: { readonly height: number; readonly [option: string]: unknown };
}

/** What a program printed, line by line: an error's message, a forecast. */
export interface Output {
  readonly kind: "output";
  readonly text: string;
}

export type Part = Text | Table | Figure | Output;

export interface Claim {
  /** In the words of the original, or close to them. */
  readonly original: string;
  /** The figures that decide, with their intervals. */
  readonly measured: string;
  /** Computed from those figures, with a function of `verdict.ts`. */
  readonly verdict: Verdict;
}

export interface Section {
  /** As `--only` names it. */
  readonly id: string;
  readonly title: string;
  readonly introduction: readonly string[];
  readonly parts: readonly Part[];
  readonly claims: readonly Claim[];
}
