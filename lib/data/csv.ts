// A CSV file of one's own as a data set: columns chosen by name, cells checked one by one.
import { ArgumentError, DataError } from "../errors.js";
import { valueText } from "../options.js";
import { Dataset } from "../runtime/dataset.js";
import { knownOptions } from "../runtime/fit_options.js";
import { decodeText, excerpt, type NamedBytes, parseNumber, readUnpacked, type Source } from "./files.js";
import { csvParse } from "./packages.js";

export interface CsvOptions {
  /** Column or columns to predict. Default: none, for data to predict on. */
  readonly target?: string | readonly string[];
  /** Columns that go in, in this order. Default: all that are not targets, in the order of the file. */
  readonly features?: readonly string[];
  /**
   * True: the target column holds labels; its different cells become the classes, sorted (as numbers if they all are).
   * A list: the classes in the order of their indices. Default false: the target holds numbers.
   */
  readonly classes?: boolean | readonly string[];
  /** Between cells. Default `,`. */
  readonly delimiter?: string;
  /** Names of the columns, for a file without a header line. */
  readonly columns?: readonly string[];
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly records: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/**
 * Reads a CSV file with a header line (plain, gzip or bzip2) into a data set.
 * Throws DataError naming file, line and column for missing cells, NaN and what is no number.
 *
 * @example
 * const data = await datasets.csv("houses.csv", { target: "price" });
 * const { train, test } = data.split({ train: 0.8, test: 0.2 });
 */
export async function readCsv(source: Source, options: CsvOptions = {}): Promise<Dataset> {
  return parseCsv(await readUnpacked(source), options);
}

/** The data set in the bytes of a CSV file. */
export function parseCsv(file: NamedBytes, options: CsvOptions = {}): Dataset {
  knownOptions("csv", options, ["target", "features", "classes", "delimiter", "columns"]);
  for (const name of ["features", "columns"] as const)
    if (options[name] !== undefined && !Array.isArray(options[name]))
      throw new ArgumentError(`csv: ${name} must be a list of columns, found ${valueText(options[name])}`);
  const targets = options.target === undefined ? [] : [options.target].flat();
  const classes = options.classes ?? false;
  if (typeof classes !== "boolean" && !Array.isArray(classes))
    throw new ArgumentError(`csv: classes must be true or a list of labels, found ${valueText(classes)}`);
  if (classes !== false && targets.length !== 1)
    throw new ArgumentError(`csv: classes needs one target column with the labels, found ${targets.length}`);
  const table = readTable(file, options);
  const position = (column: string): number => {
    const found = table.columns.indexOf(column);
    if (found >= 0) return found;
    throw new DataError(
      `${table.name}: there is no column ${excerpt(column)}; the columns are ${listed(table.columns)}`,
    );
  };
  const targetPositions = targets.map(position);
  const features = options.features ?? table.columns.filter((column) => !targets.includes(column));
  if (features.length === 0) throw new DataError(`${table.name}: no feature columns are left beside the target`);
  const leak = features.find((column) => targets.includes(column));
  if (leak !== undefined)
    throw new ArgumentError(`csv: column ${excerpt(leak)} is a target and a feature; name it once`);
  const base = {
    input: numbers(table, features.map(position), "feature"),
    inputShape: [features.length],
    featureNames: features,
  };
  const [first] = targetPositions;
  if (first === undefined) return Dataset.from(base);
  if (classes !== false) return Dataset.from({ ...base, ...labels(table, first, classes), targetNames: targets });
  const target = numbers(table, targetPositions, "target");
  return Dataset.from({ ...base, target, targetNames: targets });
}

function readTable(file: NamedBytes, options: CsvOptions): Table {
  const { name } = file;
  const delimiter = options.delimiter ?? ",";
  const text = decodeText(file, "comma-separated values");
  const { CsvError, parse } = csvParse();
  let rows: { info: { lines: number }; record: string[] }[];
  try {
    rows = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError(`${name}: ${error.message}; check the quotes and the delimiter (${excerpt(delimiter)})`, {
      cause: error,
    });
  }
  const header = options.columns ?? rows.shift()?.record ?? [];
  if (rows.length === 0)
    throw new DataError(`${name}: expected a header line and at least one row of values, found no rows`);
  const twice = header.find((column, i) => header.indexOf(column) !== i);
  if (twice !== undefined)
    throw new DataError(`${name}: two columns are named ${excerpt(twice)}; give every column its own name`);
  const records = rows.map(({ info, record }) => ({ line: info.lines, cells: record }));
  const wrong = records.find(({ cells }) => cells.length !== header.length);
  if (wrong !== undefined)
    throw new DataError(
      `${name}, line ${wrong.line}: expected ${header.length} cells as in the header, found ${wrong.cells.length}; a cell is missing, or the delimiter is not ${excerpt(delimiter)}`,
    );
  return { name, columns: header, records };
}

function numbers(table: Table, columns: readonly number[], role: "feature" | "target"): Float32Array {
  const values = new Float32Array(table.records.length * columns.length);
  for (const [row, { line, cells }] of table.records.entries())
    for (const [i, column] of columns.entries()) {
      const value = parseNumber(cells[column] as string);
      if (Number.isNaN(value)) throw cellError(table, line, column, cells[column] as string, role);
      values[row * columns.length + i] = value;
    }
  return values;
}

const MISSING = /^(|na|n\/a|nan|null|none|\?|-)$/i;

function cellError(table: Table, line: number, column: number, cell: string, role: "feature" | "target"): DataError {
  const place = `${table.name}, line ${line}, column ${excerpt(table.columns[column] as string)}`;
  if (MISSING.test(cell))
    return new DataError(
      `${place}: expected a number, found ${cell === "" ? "an empty cell" : `the missing value ${excerpt(cell)}`}; fill it, drop the row${role === "feature" ? ", or leave the column out with features: [...]" : ""}`,
    );
  const remedy = /^[+-]?[\d.]+,\d+$/.test(cell)
    ? "write decimals with a point"
    : /^[+-]?\d/.test(cell)
      ? "write plain numbers within the range of 32 bits (3.4e38), without units or separators"
      : role === "target"
        ? "for labels say classes: true"
        : "turn text into numbers, or leave the column out with features: [...]";
  return new DataError(`${place}: expected a number, found ${excerpt(cell)}; ${remedy}`);
}

function labels(
  table: Table,
  column: number,
  classes: true | readonly string[],
): { target: string[]; classes: string[] } {
  const target = table.records.map(({ line, cells }) => {
    const cell = cells[column] as string;
    const place = `${table.name}, line ${line}, column ${excerpt(table.columns[column] as string)}`;
    if (cell === "") throw new DataError(`${place}: expected a label, found an empty cell; fill it or drop the row`);
    if (classes !== true && !classes.includes(cell))
      throw new DataError(
        `${place}: label ${excerpt(cell)} is not one of the classes ${listed(classes)}; add it or drop the row`,
      );
    return cell;
  });
  if (classes !== true) return { target, classes: [...classes] };
  const found = [...new Set(target)];
  const numeric = found.every((label) => !Number.isNaN(parseNumber(label)));
  found.sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
  if (found.length < 2)
    throw new DataError(
      `${table.name}: column ${excerpt(table.columns[column] as string)} holds one label only; classes need two`,
    );
  return { target, classes: found };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
