// The digits of "The Elements of Statistical Learning" (`zip.train.gz`): a digit and its pixels on each line.
import { DataError } from "../errors.js";
import { decodeText, excerpt, type NamedBytes, parseNumber, readUnpacked, type Source } from "./files.js";
import type { LabelledRows } from "./libsvm.js";

const PIXELS = 256;

/**
 * Reads the ESL format, plain or in gzip: a label and 256 pixels from -1 to 1 on each line, separated by spaces.
 * Throws DataError naming file and line for anything else.
 */
export async function readEsl(source: Source): Promise<LabelledRows> {
  return parseEsl(await readUnpacked(source));
}

/** The rows in the bytes of an ESL file. */
export function parseEsl(file: NamedBytes): LabelledRows {
  const lines = decodeText(file, `lines of a digit and ${PIXELS} pixels`)
    .split("\n")
    .map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  if (lines.length === 0)
    throw new DataError(`${file.name}: expected lines of a digit and ${PIXELS} pixels, found none; check the file`);
  // Before memory is taken for all lines: a foreign file may have millions of short ones.
  const short = lines.findIndex((line) => line.length < 2 * PIXELS + 1);
  if (short >= 0) parseLine(file.name, short, lines[short] as string);
  const labels = new Float64Array(lines.length);
  const values = new Float32Array(lines.length * PIXELS);
  for (const [row, line] of lines.entries()) {
    const [label, ...pixels] = parseLine(file.name, row, line);
    labels[row] = label as number;
    values.set(pixels, row * PIXELS);
  }
  return { rows: lines.length, features: PIXELS, labels, values };
}

function parseLine(name: string, row: number, line: string): number[] {
  const fail = (problem: string): never => {
    throw new DataError(
      `${name}, line ${row + 1}: ${problem}; check that it is the right file, or fetch it again if it is truncated`,
    );
  };
  const fields = line.split(/\s+/);
  if (fields.length !== PIXELS + 1) fail(`expected a digit and ${PIXELS} pixels, found ${fields.length} fields`);
  return fields.map((field, i) => {
    const value = parseNumber(field);
    if (i === 0 && !(Number.isInteger(value) && value >= 0 && value <= 9))
      fail(`expected a digit 0 to 9, found ${excerpt(field)}`);
    if (i > 0 && !(value >= -1 && value <= 1)) fail(`expected pixel ${i} from -1 to 1, found ${excerpt(field)}`);
    return value;
  });
}
