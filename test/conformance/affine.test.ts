// Distorted training images of the core against the float64 definition, on every instruction set and number of threads.
import { expect, test } from "vitest";
import { assignArenas, finish } from "../../lib/compile/arenas.js";
import { Graph } from "../../lib/compile/graph.js";
import { affine, type AffineOptions } from "../../lib/data/augment/affine.js";
import { affineMap, distort, drawDistortion } from "../../lib/data/augment/distortion.js";
import { BATCH } from "../../lib/errors.js";
import { shuffleOrder } from "../../lib/ops/rng.js";
import { loadNative, type NativeAugment } from "../../lib/runtime/native.js";
import { noise } from "../lifecycle/problems.js";

type Images = readonly [number, number, number];

const native = loadNative();
const SEED = 2 ** 52 + 77;
const ROWS = 24;
const BATCH_SIZE = 6;

const everything: AffineOptions = { rotation: 25, translation: 0.2, scale: [0.6, 1.5], shear: 20, flip: true };
const cases: [string, AffineOptions, Images, number[]][] = [
  ["rotation", { rotation: 180 }, [1, 16, 16], [0]],
  ["translation", { translation: 0.3 }, [1, 9, 13], [-1]],
  ["scale", { scale: 0.4 }, [1, 8, 8], [0.5]],
  ["shear", { shear: 30 }, [1, 12, 7], [0]],
  ["flip", { flip: true }, [1, 5, 6], [0]],
  ["everything, one channel", everything, [1, 28, 28], [-1]],
  ["everything, three channels, each with its fill", everything, [3, 11, 19], [-1, 0, 2]],
  ["everything, two channels, edges repeated", everything, [2, 17, 33], []],
  ["a column", everything, [1, 15, 1], [0]],
  ["a pixel", everything, [2, 1, 1], [0, 1]],
];

/** A state of the plan takes over the images of the last step, summed over its rows. */
function imageSum(shape: Images) {
  const g = new Graph();
  const flat = g.op("flatten", [g.input("input", [BATCH, ...shape])]);
  const size = shape[0] * shape[1] * shape[2];
  const last = g.state("last", [size], { kind: "constant", value: 0 });
  g.update("running_average", [last, g.op("channel_sum", [flat])], [last], { momentum: 1 });
  return { train: finish(g, assignArenas(g)) };
}

for (const [name, options, shape, fill] of cases)
  test(name, async () => {
    const spec = affine(options);
    const size = shape[0] * shape[1] * shape[2];
    const images = noise(ROWS * size, 3);
    const image = (row: number, epoch: number) =>
      distort(
        images.subarray(row * size, (row + 1) * size),
        shape,
        affineMap(drawDistortion(spec, shape, { seed: SEED, epoch, row }), shape),
        fill,
      );
    const { rotation, translation, scale, shear, flip } = spec;
    const [smallestScale, largestScale] = scale;
    const augment: NativeAugment = {
      input: "input",
      rotation,
      translation,
      smallestScale,
      largestScale,
      shear,
      flip,
      fill: Float32Array.from(fill),
    };
    const dataset = new native.Dataset([{ name: "input", shape: [...shape], data: images }], ROWS);
    for (const instructionSet of native.info().instructionSets) {
      const byThreads: Float32Array[][] = [];
      for (const threads of [1, 3]) {
        const session = new native.Session({ plans: imageSum(shape), seed: SEED, threads, instructionSet });
        const found: Float32Array[] = [];
        const last = async (batchSize: number, steps: number, epoch: number, shuffle: boolean) => {
          await session.runEpoch({
            dataset,
            batchSize,
            learningRates: new Float32Array(steps),
            epoch,
            shuffle,
            augment,
          });
          found.push(session.read("last").data);
          return found.at(-1) as Float32Array;
        };
        const where = `${instructionSet}, ${threads} threads`;
        expect(firstDifference(await last(1, 1, 1, false), [image(0, 1)]), where).toBeUndefined();
        expect(firstDifference(await last(1, 5, 1, false), [image(4, 1)]), where).toBeUndefined();
        expect(firstDifference(await last(1, 5, 2, false), [image(4, 2)]), where).toBeUndefined();
        // A row is distorted alike wherever the order puts it.
        const rows = [...shuffleOrder(SEED, 3, ROWS)].slice(BATCH_SIZE, 2 * BATCH_SIZE);
        const batch = rows.map((row) => image(row, 3));
        expect(firstDifference(await last(BATCH_SIZE, 2, 3, true), batch), where).toBeUndefined();
        session.close();
        byThreads.push(found);
      }
      expect(byThreads[1]).toEqual(byThreads[0]);
    }
    dataset.close();
  });

/** Images have numbers up to 2; a place is off by some 1e-7 of the image's size, and a pixel by twice as much times the contrast. */
function firstDifference(found: Float32Array, rows: readonly Float64Array[]): string | undefined {
  for (const [i, value] of found.entries()) {
    const expected = rows.reduce((sum, row) => sum + (row[i] as number), 0);
    if (!(Math.abs(value - expected) <= 4e-5 * rows.length)) return `element ${i} is ${value}, expected ${expected}`;
  }
  return undefined;
}

test("jobs that make no sense are refused", async () => {
  const session = new native.Session({ plans: imageSum([2, 4, 4]), seed: 1, threads: 1 });
  const dataset = new native.Dataset([{ name: "input", shape: [2, 4, 4], data: noise(64) }], 2);
  const good: NativeAugment = {
    input: "input",
    rotation: 5,
    translation: 0,
    smallestScale: 1,
    largestScale: 1,
    shear: 0,
    flip: false,
    fill: Float32Array.of(0, 0),
  };
  const run = async (augment: object) =>
    session.runEpoch({
      dataset,
      batchSize: 2,
      learningRates: new Float32Array(1),
      epoch: 1,
      shuffle: false,
      augment: augment as NativeAugment,
    });
  await expect(run({ ...good, input: "image" })).rejects.toThrow(/no input "image"/);
  await expect(run({ ...good, fill: Float32Array.of(0) })).rejects.toThrow(/fill: expected 2 numbers/);
  await expect(run({ ...good, fill: [0, 0] })).rejects.toThrow(/augment fill/);
  await expect(run({ ...good, rotation: "5" })).rejects.toThrow(/augment rotation/);
  await expect(run({ ...good, smallestScale: 0 })).rejects.toThrow(/scale: expected/);
  await expect(run({ ...good, flip: 1 })).rejects.toThrow(/augment flip/);
  await expect(run({ ...good, shear: Number.NaN })).rejects.toThrow(/shear/);
  await expect(run(good)).resolves.toMatchObject({ steps: 1 });
  session.close();
  dataset.close();
});
