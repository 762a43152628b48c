// Dataset: rows of inputs and targets, checked once, with a native copy that jobs read.
import { splitIndices } from "../data/split.js";
import { types } from "node:util";
import { ArgumentError, DataError, DisposedError, type Shape, shapeText } from "../errors.js";
import { knownOptions } from "./fit_options.js";
import { loadNative, type NativeDataset } from "./native.js";
import { describe, type FlatNumbers, flattenNumbers, type NumericData } from "./numeric_data.js";

export interface DatasetOptions {
  /** One row per example. A flat typed array needs `inputShape`; nested lists bring their shape. */
  input: NumericData;
  /** Numbers to predict, or labels: strings, or whole numbers together with `classes`. */
  target?: NumericData | readonly string[];
  /** Shape of one row, such as `[1, 16, 16]` or `[4]`. Default: that of the nested lists. */
  inputShape?: Shape;
  /** Shape of a row of numbers to predict. Default: that of the nested lists, or `[n]` for a flat list with n numbers a row. */
  targetShape?: Shape;
  /** Names of the classes in the order of their indices, or their number. Makes `target` labels. Default for string labels: sorted. */
  classes?: readonly string[] | number;
  featureNames?: readonly string[];
  targetNames?: readonly string[];
}

const DATASET_OPTIONS = ["input", "target", "inputShape", "targetShape", "classes", "featureNames", "targetNames"];

interface Fields {
  readonly rows: number;
  readonly inputShape: Shape;
  readonly input: Float32Array;
  readonly target: Float32Array | Int32Array | undefined;
  readonly targetShape: Shape | undefined;
  readonly classes: readonly string[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly targetNames: readonly string[] | undefined;
}

/**
 * Rows of inputs, and of targets where there are any. Immutable; the numbers are copied when it is made.
 * The native copy is made when a job first needs it and freed by `dispose()` (or `using`, or the collector).
 */
export class Dataset implements Fields, Disposable {
  readonly rows: number;
  /** Shape of one row of `input`. */
  readonly inputShape: Shape;
  /** `[rows, ...inputShape]`, row-major. */
  readonly input: Float32Array;
  /** Class indices `[rows]` as Int32Array, or values `[rows, ...targetShape]` as Float32Array. */
  readonly target: Float32Array | Int32Array | undefined;
  /** Shape of one row of `target`; `[]` for class indices. */
  readonly targetShape: Shape | undefined;
  /** Names of the classes, where targets are labels. */
  readonly classes: readonly string[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly targetNames: readonly string[] | undefined;
  private handle: NativeDataset | undefined;
  private disposed = false;

  private constructor(fields: Fields) {
    this.rows = fields.rows;
    this.inputShape = fields.inputShape;
    this.input = fields.input;
    this.target = fields.target;
    this.targetShape = fields.targetShape;
    this.classes = fields.classes;
    this.featureNames = fields.featureNames;
    this.targetNames = fields.targetNames;
  }

  /**
   * Makes a data set of numbers in memory.
   * Throws DataError for no rows, ragged rows, NaN or infinite numbers, labels out of range; ArgumentError for what is not numbers.
   */
  static from(options: DatasetOptions): Dataset {
    knownOptions("Dataset.from", options, DATASET_OPTIONS);
    const { input, rows, inputShape } = readInput(flattenNumbers(options.input, "input"), options);
    checkFinite(input, inputShape, "input", options.featureNames);
    const target = options.target === undefined ? undefined : readTarget(options, rows);
    if (options.featureNames !== undefined && inputShape.length === 1 && options.featureNames.length !== inputShape[0])
      throw new ArgumentError(
        `featureNames has ${options.featureNames.length} names, the rows have ${inputShape[0]} features`,
      );
    return new Dataset({
      rows,
      inputShape,
      input,
      target: target?.data,
      targetShape: target?.shape,
      classes: target?.classes,
      featureNames: options.featureNames,
      targetNames: options.targetNames,
    });
  }

  /** The rows at these indices, in this order, as a data set of its own. */
  take(indices: ArrayLike<number>): Dataset {
    this.checkOpen();
    if (indices.length === 0) throw new DataError("take: no indices; a data set needs at least one row");
    const gather = <T extends Float32Array | Int32Array>(source: T, result: T): T => {
      const width = source.length / this.rows;
      for (let i = 0; i < indices.length; i++) {
        const row = indices[i] as number;
        if (!Number.isInteger(row) || row < 0 || row >= this.rows)
          throw new ArgumentError(
            `take: index ${row} at position ${i} is not a row of this data set (0 to ${this.rows - 1})`,
          );
        result.set(source.subarray(row * width, (row + 1) * width), i * width);
      }
      return result;
    };
    const size = (source: Float32Array | Int32Array) => (source.length / this.rows) * indices.length;
    const target = this.target;
    return new Dataset({
      ...this.fields(),
      rows: indices.length,
      input: gather(this.input, new Float32Array(size(this.input))),
      target:
        target instanceof Int32Array
          ? gather(target, new Int32Array(size(target)))
          : target && gather(target, new Float32Array(size(target))),
    });
  }

  /** Rows `start` up to, not including, `end`; negative numbers count from the end, as in `Array.slice`. */
  slice(start: number, end: number = this.rows): Dataset {
    const from = start < 0 ? Math.max(0, this.rows + start) : start;
    const to = Math.min(this.rows, end < 0 ? this.rows + end : end);
    if (!(to > from))
      throw new DataError(`slice(${start}, ${end}) of ${this.rows} rows is empty; a data set needs at least one row`);
    return this.take(Array.from({ length: to - from }, (_, i) => from + i));
  }

  /**
   * These rows and then those of the others, as a data set of its own: training and validation rows for a last training.
   * Throws DataError unless rows, targets and classes are of the same shape and meaning.
   */
  concat(...others: Dataset[]): Dataset {
    this.checkOpen();
    const parts = [this, ...others];
    for (const [index, part] of others.entries()) {
      if (!(part instanceof Dataset)) throw new ArgumentError(`concat: argument ${index} is not a Dataset`);
      part.checkOpen();
      const [found, expected] = [part, this].map(meaning);
      if (found !== expected)
        throw new DataError(`concat: the rows of argument ${index} are ${found}, those in front of them ${expected}`);
    }
    const join = <T extends Float32Array | Int32Array>(pieces: readonly T[], result: T): T => {
      let at = 0;
      for (const piece of pieces) {
        result.set(piece, at);
        at += piece.length;
      }
      return result;
    };
    const total = (pieces: readonly { length: number }[]) => pieces.reduce((sum, { length }) => sum + length, 0);
    const inputs = parts.map(({ input }) => input);
    const targets = parts.map(({ target }) => target as Float32Array & Int32Array);
    const target =
      this.target && join(targets, new (this.target instanceof Int32Array ? Int32Array : Float32Array)(total(targets)));
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    return new Dataset({ ...this.fields(), rows, input: join(inputs, new Float32Array(total(inputs))), target });
  }

  /**
   * Cuts the rows into named parts: fractions below 1 of all rows, or counts.
   * Shuffled by `seed` unless `shuffle` is false; `stratify` keeps the share of each class in every part.
   */
  split<Name extends string>(
    parts: { readonly [name in Name]: number },
    options: { seed?: number; shuffle?: boolean; stratify?: boolean } = {},
  ): { [name in Name]: Dataset } {
    this.checkOpen();
    knownOptions("split", options, ["seed", "shuffle", "stratify"]);
    if (options.stratify && !(this.target instanceof Int32Array))
      throw new ArgumentError(
        "split: stratify needs class labels as targets; give `classes` or string labels, or leave stratify out",
      );
    const { stratify, ...rest } = options;
    const indices = splitIndices(this.rows, parts, stratify ? { ...rest, stratify: this.target as Int32Array } : rest);
    return Object.fromEntries(
      Object.entries(indices).map(([name, rows]) => [name, this.take(rows as ArrayLike<number>)]),
    ) as {
      [name in Name]: Dataset;
    };
  }

  /** The native copy; made at the first call. For the runtime. */
  native(): NativeDataset {
    this.checkOpen();
    this.handle ??= new (loadNative().Dataset)(
      [
        { name: "input", shape: [...this.inputShape], data: this.input },
        ...(this.target === undefined
          ? []
          : [{ name: "target", shape: [...(this.targetShape ?? [])], data: this.target }]),
      ],
      this.rows,
    );
    return this.handle;
  }

  dispose(): void {
    this.disposed = true;
    this.handle?.close();
    this.handle = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private fields(): Fields {
    const { rows, inputShape, input, target, targetShape, classes, featureNames, targetNames } = this;
    return { rows, inputShape, input, target, targetShape, classes, featureNames, targetNames };
  }

  private checkOpen(): void {
    if (this.disposed) throw new DisposedError("this data set was disposed; make a new one");
  }
}

/** What must be the same of rows that stand in one data set. */
function meaning({ inputShape, target, targetShape, classes }: Dataset): string {
  const label =
    target instanceof Int32Array ? `classes ${classes?.join(", ")}` : `targets ${shapeText(targetShape ?? [])}`;
  return `${shapeText(inputShape)} with ${target === undefined ? "no targets" : label}`;
}

interface Input {
  input: Float32Array;
  rows: number;
  inputShape: Shape;
}

function readInput(flat: FlatNumbers, options: { readonly inputShape?: Shape }): Input {
  const inputShape = options.inputShape ?? (flat.nested ? flat.shape.slice(1) : undefined);
  if (inputShape === undefined)
    throw new ArgumentError(
      `input is one flat list of ${flat.data.length} numbers: say the shape of a row with inputShape, such as [4] or [1, 16, 16]`,
    );
  if (inputShape.length === 0 || inputShape.some((dimension) => !Number.isInteger(dimension) || dimension < 1))
    throw new ArgumentError(`inputShape must be positive whole numbers, found ${shapeText(inputShape)}`);
  const width = inputShape.reduce((product, dimension) => product * dimension, 1);
  const rows = flat.data.length / width;
  if (rows === 0) throw new DataError("input has no rows; a data set needs at least one");
  if (!Number.isInteger(rows))
    throw new DataError(
      `input has ${flat.data.length} numbers, which is no multiple of a row's ${width} (inputShape ${shapeText(inputShape)})`,
    );
  if (flat.nested && rows !== flat.shape[0])
    throw new DataError(
      `input has ${flat.shape[0]} rows of shape ${shapeText(flat.shape.slice(1))}, but inputShape is ${shapeText(inputShape)}`,
    );
  const row = flat.shape.slice(1);
  if (row.length > 1 && withoutOnes(row) !== withoutOnes(inputShape))
    throw new DataError(
      `input has rows of shape ${shapeText(row)}, but inputShape is ${shapeText(inputShape)}: images are [channels, height, width]`,
    );
  return { input: flat.data, rows, inputShape: Object.freeze([...inputShape]) };
}

/** Dimensions of 1 do not change the order of numbers. */
function withoutOnes(shape: Shape): string {
  return shape.filter((dimension) => dimension !== 1).join();
}

interface Target {
  data: Float32Array | Int32Array;
  shape: Shape;
  classes: readonly string[] | undefined;
}

function readTarget(options: DatasetOptions, rows: number): Target {
  const { target, classes, targetShape } = options;
  if (Array.isArray(target) && target.some((value) => typeof value === "string"))
    return readLabels(target, classes, rows);
  const flat = flattenNumbers(target, "target");
  if (
    classes !== undefined &&
    targetShape === undefined &&
    (!flat.nested || flat.shape.slice(1).every((dimension) => dimension === 1))
  )
    return readIndices(flat.data, classes, rows);
  const width = flat.data.length / rows;
  if (!Number.isInteger(width) || width === 0 || (flat.nested && flat.shape[0] !== rows))
    throw new DataError(
      `target has ${flat.nested ? `${flat.shape[0]} rows` : `${flat.data.length} numbers`}, input has ${rows} rows; give one target for each row`,
    );
  const shape = Object.freeze([...(targetShape ?? (flat.nested ? flat.shape.slice(1) : [width]))]);
  if (shape.reduce((product, dimension) => product * dimension, 1) !== width)
    throw new DataError(`target has ${width} numbers a row, but targetShape is ${shapeText(shape)}`);
  checkFinite(flat.data, shape, "target", options.targetNames);
  if (classes === undefined) return { data: flat.data, shape, classes: undefined };
  const names = classNames(classes);
  if (names.length !== width)
    throw new DataError(`target has ${width} numbers a row, but there are ${names.length} classes`);
  return { data: flat.data, shape, classes: names };
}

function readLabels(target: readonly unknown[], classes: readonly string[] | number | undefined, rows: number): Target {
  if (target.length !== rows)
    throw new DataError(`target has ${target.length} labels, input has ${rows} rows; give one label for each row`);
  const wrong = target.findIndex((label) => typeof label !== "string");
  if (wrong >= 0)
    throw new DataError(`target[${wrong}]: expected a string label like the others, found ${describe(target[wrong])}`);
  const labels = target as readonly string[];
  const names = Array.isArray(classes) ? classNames(classes) : Object.freeze([...new Set(labels)].sort());
  if (typeof classes === "number" && classes !== names.length)
    throw new DataError(`target has ${names.length} different labels, but classes is ${classes}`);
  const index = new Map(names.map((name, i) => [name, i]));
  const data = Int32Array.from(labels, (label, row) => {
    const found = index.get(label);
    if (found === undefined)
      throw new DataError(
        `target[${row}]: label ${JSON.stringify(label)} is not one of the classes ${names.join(", ")}`,
      );
    return found;
  });
  return { data, shape: [], classes: names };
}

function readIndices(values: Float32Array, classes: readonly string[] | number, rows: number): Target {
  const names = classNames(classes);
  if (values.length !== rows)
    throw new DataError(`target has ${values.length} labels, input has ${rows} rows; give one label for each row`);
  const wrong = values.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= names.length);
  if (wrong >= 0)
    throw new DataError(
      `target[${wrong}]: label ${values[wrong]} is out of range; with ${names.length} classes labels are whole numbers from 0 to ${names.length - 1}`,
    );
  return { data: Int32Array.from(values), shape: [], classes: names };
}

/** More one-hot columns than anybody has; a number beyond it is a mistake. */
const MOST_CLASSES = 2 ** 20;

function isNames(classes: unknown): boolean {
  return Array.isArray(classes) && classes.every((name) => typeof name === "string");
}

function classNames(classes: readonly string[] | number): readonly string[] {
  if (typeof classes === "number" ? !Number.isSafeInteger(classes) || classes > MOST_CLASSES : !isNames(classes))
    throw new ArgumentError(
      `classes: expected names of classes or a whole number up to ${MOST_CLASSES}, found ${describe(classes)}`,
    );
  const names = typeof classes === "number" ? Array.from({ length: classes }, (_, i) => String(i)) : [...classes];
  if (names.length < 2) throw new ArgumentError(`classes: expected at least two, found ${names.length}`);
  if (new Set(names).size !== names.length) throw new ArgumentError("classes: every name may stand only once");
  return Object.freeze(names);
}

function checkFinite(data: Float32Array, shape: Shape, what: string, names: readonly string[] | undefined): void {
  refuseNonFinite(
    data,
    data.findIndex((value) => !Number.isFinite(value)),
    shape,
    what,
    names,
  );
}

function refuseNonFinite(data: Float32Array, wrong: number, shape: Shape, what: string, names?: readonly string[]) {
  if (wrong < 0) return;
  const width = shape.reduce((product, dimension) => product * dimension, 1);
  const column = wrong % width;
  const name = names?.[column] === undefined ? `column ${column}` : `"${names[column]}"`;
  throw new DataError(
    `${what}: ${data[wrong]} in row ${Math.floor(wrong / width)}, ${name}; fill or drop missing values before training (numbers beyond 3.4e38 are infinite in 32 bits)`,
  );
}

/** Rows without a data set, for a prediction: checked as `Dataset.from` does, a Float32Array as it is and not copied. */
export function bareRows(value: NumericData, inputShape: Shape): { input: Float32Array; rows: number } {
  const flatRow = Array.isArray(value) && typeof value[0] === "number";
  const width = inputShape.reduce((product, dimension) => product * dimension, 1);
  if (flatRow && value.length !== width)
    throw new DataError(
      `a row for this model has ${width} numbers (input ${shapeText(inputShape)}), found ${value.length}`,
    );
  const flat = types.isFloat32Array(value)
    ? { data: value, shape: [value.length], nested: false }
    : flattenNumbers(value, "input");
  const { input, rows } = readInput(flat, { inputShape });
  refuseNonFinite(input, loadNative().firstNonFinite(input), inputShape, "input");
  return { input, rows };
}
