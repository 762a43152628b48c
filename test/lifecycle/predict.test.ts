// Predictions on bare numbers: the same whether computed within the call or on the session's thread, and whoever owns the numbers.
import { describe, expect, it } from "vitest";
import {
  ArgumentError,
  BusyError,
  Dataset,
  DataError,
  DisposedError,
  type Prediction,
  type Trainer,
} from "../../lib/index.js";
import { loadNative } from "../../lib/runtime/native.js";
import type { NumericData } from "../../lib/runtime/numeric_data.js";
import { noise, quadrants, quadrantTrainer } from "./problems.js";

const rows = noise(12 * 2, 7);
const numbers = (prediction: Prediction) => [...(prediction.probabilities?.data ?? [])];

/** A trainer that has predicted these rows before, so that it computes them within the call. */
async function warmTrainer(): Promise<Trainer> {
  const trainer = quadrantTrainer();
  for (let i = 0; i < 5; i++) await trainer.predict(rows);
  return trainer;
}

it("the first call and the later ones, a data set, lists and parts give the same bits", async () => {
  using trainer = quadrantTrainer();
  using data = Dataset.from({ input: rows, inputShape: [2] });
  const first = numbers(await trainer.predict(rows));
  expect(first).toHaveLength(24);
  const nested = Array.from({ length: 12 }, (_, row) => [...rows.subarray(2 * row, 2 * row + 2)]);
  for (let i = 0; i < 3; i++) {
    for (const input of [rows, data, nested, Float64Array.from(rows)])
      expect(numbers(await trainer.predict(input))).toEqual(first);
    for (const batchSize of [1, 5, 12, 99]) expect(numbers(await trainer.predict(rows, { batchSize }))).toEqual(first);
  }
});

it("labels are the names of the largest probabilities", async () => {
  using trainer = quadrantTrainer();
  await trainer.fit(quadrants(), { epochs: 2 });
  const { data, labels, classes } = (await trainer.predict(rows)).probabilities ?? {};
  expect(classes).toEqual(["different", "same"]);
  expect(labels).toEqual(
    Array.from(
      { length: 12 },
      (_, row) => classes?.[(data?.[2 * row + 1] as number) > (data?.[2 * row] as number) ? 1 : 0],
    ),
  );
});

describe("the caller's numbers", () => {
  it("may change as soon as the call is made", async () => {
    using trainer = quadrantTrainer();
    const expected = numbers(await trainer.predict(rows));
    using other = quadrantTrainer();
    for (let i = 0; i < 5; i++) {
      const own = rows.slice();
      const prediction = other.predict(own);
      own.fill(Number.NaN);
      expect(numbers(await prediction)).toEqual(expected);
    }
  });

  it("may be shared, of changing length, a part of a buffer, or gone", async () => {
    using trainer = quadrantTrainer();
    const expected = numbers(await trainer.predict(rows));
    const shared = new Float32Array(new SharedArrayBuffer(rows.byteLength));
    shared.set(rows);
    const within = new Float32Array(40);
    within.set(rows, 3);
    const Resizable = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(bytes: number): void };
    const buffer = new Resizable(8 * rows.byteLength, { maxByteLength: 8 * rows.byteLength });
    const tracking = new Float32Array(buffer);
    tracking.set(rows);
    buffer.resize(rows.byteLength);
    for (let i = 0; i < 3; i++)
      for (const input of [shared, within.subarray(3, 27), tracking])
        expect(numbers(await trainer.predict(input))).toEqual(expected);
    const gone = rows.slice();
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    await expect(trainer.predict(gone)).rejects.toThrow(/no rows/);
    expect(numbers(await trainer.predict(rows))).toEqual(expected);
  });
});

describe("one at a time", () => {
  it("a second call before the first has resolved is refused", async () => {
    using trainer = await warmTrainer();
    const first = trainer.predict(rows);
    const second = trainer.predict(rows);
    expect(() => trainer.weights()).toThrow(BusyError);
    expect(() => trainer.fit(quadrants())).toThrow(BusyError);
    await expect(second).rejects.toThrow(BusyError);
    expect(numbers(await first)).toHaveLength(24);
  });

  it.each(["new", "warm"])("dispose before it has resolved rejects, with a %s trainer", async (kind) => {
    const trainer = kind === "new" ? quadrantTrainer() : await warmTrainer();
    const prediction = trainer.predict(rows);
    trainer.dispose();
    await expect(prediction).rejects.toThrow(DisposedError);
  });

  it("several trainers may be asked together, in loops of their own too", async () => {
    const trainers = await Promise.all(Array.from({ length: 4 }, warmTrainer));
    const expected = numbers(await (trainers[0] as Trainer).predict(rows));
    const loop = async (trainer: Trainer) => {
      for (let i = 0; i < 50; i++) expect(numbers(await trainer.predict(rows))).toEqual(expected);
    };
    await Promise.all(trainers.map(loop));
    for (const trainer of trainers) trainer.dispose();
  });

  it("a loop of short predictions leaves timers their turn", async () => {
    using trainer = await warmTrainer();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const end = performance.now() + 200;
    while (performance.now() < end) await trainer.predict(rows);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3); // none where promises alone go on
  });
});

describe("what cannot be predicted", () => {
  const long = noise(600 * 2, 9);
  long[2 * 431 + 1] = Number.NaN;
  const wrong: [string, unknown, typeof ArgumentError | typeof DataError, RegExp][] = [
    ["no rows", new Float32Array(0), DataError, /input has no rows; a data set needs at least one/],
    ["half a row", rows.subarray(0, 3), DataError, /input has 3 numbers, which is no multiple of a row's 2 .*\[2\]/],
    ["NaN", long, DataError, /input: NaN in row 431, column 1; fill or drop missing values/],
    ["infinity", Float32Array.of(1, 2, Number.NEGATIVE_INFINITY, 4), DataError, /input: -Infinity in row 1, column 0/],
    ["numbers beyond float32", [[1e39, 2]], DataError, /input: Infinity in row 0, column 0/],
    ["a longer row", [1, 2, 3], DataError, /a row for this model has 2 numbers \(input \[2\]\), found 3/],
    ["longer rows", [[1, 2, 3]], DataError, /has 1 rows of shape \[3\]|no multiple/],
    [
      "a data set of another shape",
      Dataset.from({ input: [[1, 2, 3]] }),
      DataError,
      /predict: its rows have shape \[3\]/,
    ],
    ["text", "12", ArgumentError, /input: expected a typed array or an array of numbers, found the string "12"/],
    ["nothing", undefined, ArgumentError, /input: expected a typed array or an array of numbers, found undefined/],
    ["big integers", new BigInt64Array(2), ArgumentError, /input: expected a typed array or an array of numbers/],
    ["a view of bytes", new DataView(new ArrayBuffer(8)), ArgumentError, /input: expected a typed array/],
  ];

  it.each(wrong)("%s", async (_, input, kind, message) => {
    using trainer = await warmTrainer();
    const prediction = trainer.predict(input as NumericData);
    await expect(prediction).rejects.toThrow(kind);
    await expect(prediction).rejects.toThrow(message);
    expect(numbers(await trainer.predict(rows))).toHaveLength(24);
  });

  it("options that do not exist or make no sense", async () => {
    using trainer = await warmTrainer();
    await expect(trainer.predict(rows, { batch: 3 } as object)).rejects.toThrow(/predict has no option "batch"/);
    await expect(trainer.predict(rows, { batchSize: 0 })).rejects.toThrow(ArgumentError);
  });
});

it("the addon finds the first number that is not finite, wherever it is", () => {
  const { firstNonFinite } = loadNative();
  const data = noise(1000).map((value) => value * 3.4e38);
  expect(firstNonFinite(data)).toBe(-1);
  expect(firstNonFinite(new Float32Array(0))).toBe(-1);
  for (const index of [999, 512, 511, 256, 255, 1, 0])
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      data[index] = value;
      expect(firstNonFinite(data)).toBe(index);
    }
  expect(() => firstNonFinite(new Int32Array(2) as unknown as Float32Array)).toThrow(/data: expected a Float32Array/);
  expect(() => firstNonFinite(undefined as unknown as Float32Array)).toThrow(/data: expected a Float32Array/);
});
