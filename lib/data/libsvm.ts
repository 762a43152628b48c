// LIBSVM text: a label, then `index:value` pairs, indices from 1 and ascending; what is left out is 0.
import { ArgumentError, DataError } from "../errors.js";
import { decodeText, excerpt, type NamedBytes, parseNumber, readUnpacked, type Source } from "./files.js";

export interface LabelledRows {
  readonly rows: number;
  readonly features: number;
  /** As written in the file, [rows]. */
  readonly labels: Float64Array;
  /** [rows, features]. */
  readonly values: Float32Array;
}

export interface LibsvmOptions {
  /** Features of a row. Default: the largest index in the file. */
  readonly features?: number;
}

/** Sparse files with huge indices do not fit a dense array; this many values (1 GiB) are the limit. */
const VALUE_LIMIT = 2 ** 28;

/**
 * Reads LIBSVM text, plain or in bzip2 or gzip, into dense rows.
 * Throws DataError naming file and line for what is not of that form.
 */
export async function readLibsvm(source: Source, options: LibsvmOptions = {}): Promise<LabelledRows> {
  return parseLibsvm(await readUnpacked(source), options);
}

/** The rows in the bytes of a LIBSVM file. */
export function parseLibsvm(file: NamedBytes, options: LibsvmOptions = {}): LabelledRows {
  const limit = options.features;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new ArgumentError(`features must be a positive whole number, found ${limit}`);
  const labels: number[] = [];
  const ends: number[] = [];
  const indices: number[] = [];
  const values: number[] = [];
  let features = limit ?? 0;
  for (const [i, line] of decodeText(file, "LIBSVM lines (label index:value ...)").split("\n").entries()) {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === "" || fields[0]?.startsWith("#")) continue;
    const fail = (problem: string): never => {
      throw new DataError(
        `${file.name}, line ${i + 1}: ${problem}; check that it is a LIBSVM file, or fetch it again if it is truncated`,
      );
    };
    const label = parseNumber(fields[0] as string);
    if (Number.isNaN(label)) fail(`expected a label, found ${excerpt(fields[0] as string)}`);
    labels.push(label);
    let last = 0;
    for (let f = 1; f < fields.length; f++) {
      const field = fields[f] as string;
      if (field.startsWith("#")) break;
      const colon = field.indexOf(":");
      const index = colon < 1 ? Number.NaN : parseNumber(field.slice(0, colon));
      const value = parseNumber(field.slice(colon + 1));
      if (!Number.isSafeInteger(index) || Number.isNaN(value)) fail(`expected index:value, found ${excerpt(field)}`);
      if (index <= last) fail(`expected ascending indices from 1, found ${index} after ${last}`);
      if (limit !== undefined && index > limit) fail(`expected indices up to ${limit}, found ${index}`);
      indices.push(index);
      values.push(value);
      last = index;
    }
    features = Math.max(features, last);
    ends.push(indices.length);
  }
  if (labels.length === 0 || features === 0)
    throw new DataError(`${file.name}: expected LIBSVM lines (label index:value ...), found no values; check the file`);
  return { rows: labels.length, features, labels: Float64Array.from(labels), values: spread() };

  function spread(): Float32Array {
    if (labels.length * features > VALUE_LIMIT)
      throw new DataError(
        `${file.name}: ${labels.length} rows of ${features} features are too many for dense rows (at most ${VALUE_LIMIT} values); keep fewer features`,
      );
    const dense = new Float32Array(labels.length * features);
    let next = 0;
    for (const [row, end] of ends.entries())
      for (; next < end; next++) dense[row * features + (indices[next] as number) - 1] = values[next] as number;
    return dense;
  }
}
