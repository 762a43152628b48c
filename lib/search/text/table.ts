// Rows as aligned columns of plain text.
import { shorten } from "./numbers.js";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Cells in the order of the rows, without colours. */
  readonly cells: readonly string[];
  /** Colours a cell that has its width already. */
  readonly paint?: (padded: string, row: number) => string;
}

const GAP = 2;
const WIDEST = 28;

export interface Table {
  readonly lines: readonly string[];
  /** Titles of the columns on the right that did not fit. */
  readonly hidden: readonly string[];
}

/** Long cells are shortened, then columns left out from the right until lines fit; the first column always stays. */
export function table(columns: readonly Column[], width: number): Table {
  const shown: { column: Column; width: number }[] = [];
  let total = -GAP;
  for (const column of columns) {
    const size = Math.min(WIDEST, Math.max(...[column.title, ...column.cells].map((cell) => [...cell].length)));
    if (shown.length > 0 && total + GAP + size > width) break;
    total += GAP + size;
    shown.push({ column, width: size });
  }
  const count = columns[0]?.cells.length ?? 0;
  const line = (cell: (column: Column, size: number) => string) =>
    shown
      .map(({ column, width: size }) => cell(column, size))
      .join(" ".repeat(GAP))
      .trimEnd();
  return {
    lines: [
      line((column, size) => pad(column.title, size, column.align)),
      ...Array.from({ length: count }, (_, row) =>
        line((column, size) => {
          const padded = pad(column.cells[row] as string, size, column.align);
          return column.paint?.(padded, row) ?? padded;
        }),
      ),
    ],
    hidden: columns.slice(shown.length).map(({ title }) => title),
  };
}

function pad(text: string, size: number, align: "left" | "right" = "left"): string {
  const short = shorten(text, size);
  const space = " ".repeat(size - [...short].length);
  return align === "right" ? space + short : short + space;
}
