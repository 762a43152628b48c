// The published files themselves, in the folder that NETWRIGHT_DATA names: counts, statistics, both routes to the pixels.
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { houses } from "../../lib/data/houses.js";
import { readIdx } from "../../lib/data/idx.js";
import { surroundings } from "../../lib/data/published.js";
import { usps } from "../../lib/data/usps.js";
import type { Dataset } from "../../lib/runtime/dataset.js";

const folder = process.env.NETWRIGHT_DATA ?? "";
if (folder === "")
  throw new Error("NETWRIGHT_DATA must name the folder with the published files, which lie there as <set>/<file>");

const counts = (data: Dataset): number[] => {
  const found = new Array(10).fill(0) as number[];
  for (const label of data.target ?? []) found[label]!++;
  return found;
};
const moments = (values: Float32Array): [number, number] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
};
const TRAIN = [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644];
const TEST = [359, 264, 198, 166, 200, 160, 170, 147, 166, 177];

describe("published files", () => {
  test("usps, LIBSVM pixels: split, classes, mean and deviation as published", async () => {
    const { train, validation, test: rest } = await usps();
    expect([train.rows, validation.rows, rest.rows]).toEqual([6000, 1291, 2007]);
    expect(train.inputShape).toEqual([1, 16, 16]);
    expect(counts(train).map((count, digit) => count + (counts(validation)[digit] as number))).toEqual(TRAIN);
    expect(counts(rest)).toEqual(TEST);
    const [mean, deviation] = moments(Float32Array.from([...train.input, ...validation.input]));
    expect(mean).toBeCloseTo(0.2469, 4);
    expect(deviation).toBeCloseTo(0.2989, 4);
    expect(moments(rest.input)[0]).toBeCloseTo(0.2599, 4);
    expect(moments(rest.input)[1]).toBeCloseTo(0.3083, 4);
  });

  test("usps, test half: the published text and the 8-bit images give the same pixels, bit for bit", async () => {
    const copy = await mkdtemp(path.join(tmpdir(), "netwright-usps-"));
    try {
      await mkdir(path.join(copy, "usps"));
      for (const name of ["usps-train-images-idx3-ubyte.gz", "usps-train-labels-idx1-ubyte.gz", "usps.t.bz2"])
        await copyFile(path.join(folder, "usps", name), path.join(copy, "usps", name));
      const text = await usps({}, { ...surroundings(), env: { NETWRIGHT_DATA: copy } });
      const images = await usps();
      expect(Buffer.compare(Buffer.from(text.test.input.buffer), Buffer.from(images.test.input.buffer))).toBe(0);
      expect(text.test.target).toEqual(images.test.target);
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  test("usps: the seed decides the split, which is stratified on request", async () => {
    const [one, two, strata] = await Promise.all([
      usps({ seed: 1 }),
      usps({ seed: 2 }),
      usps({ stratify: true, validation: 0.2 }),
    ]);
    expect(one.validation.target).not.toEqual(two.validation.target);
    expect(one.test.target).toEqual(two.test.target);
    for (const [digit, count] of counts(strata.validation).entries())
      expect(Math.abs(count - (TRAIN[digit] as number) * 0.2)).toBeLessThan(1.01);
  });

  test("usps, ESL pixels: sharper, other values, the same digits", async () => {
    const { train, validation, test: rest } = await usps({ pixels: "esl" });
    expect([train.rows, validation.rows, rest.rows]).toEqual([6000, 1291, 2007]);
    expect(counts(rest)).toEqual(TEST);
    expect(rest.input.reduce((a, b) => Math.min(a, b))).toBe(0);
    expect(rest.input.reduce((a, b) => Math.max(a, b))).toBe(1);
    const libsvm = await usps();
    expect(rest.target).toEqual(libsvm.test.target);
    expect(train.target).toEqual(libsvm.train.target);
    expect(moments(rest.input)[1]).toBeGreaterThan(moments(libsvm.test.input)[1] + 0.05);
  });

  test("houses: split by position, raw values, the level of the training mean as published", async () => {
    const { train, validation, test: rest } = await houses();
    expect([train.rows, validation.rows, rest.rows]).toEqual([1000, 200, 260]);
    expect([...train.input.subarray(0, 4), train.target?.[0]]).toEqual([7, 2003, 856, 1710, 208500]);
    const mean = moments(train.target as Float32Array)[0];
    const level = (data: Dataset): number =>
      Array.from(data.target ?? []).reduce((sum, price) => sum + (price - mean) ** 2, 0) / data.rows;
    expect(level(validation) / 7.205e9).toBeCloseTo(1, 3);
    expect(level(rest) / 5.113e9).toBeCloseTo(1, 3);
    const shuffled = await houses({ seed: 4, train: 0.5, validation: 0.25, test: 0.25 });
    expect([shuffled.train.rows, shuffled.validation.rows, shuffled.test.rows]).toEqual([730, 365, 365]);
    expect(shuffled.train.target?.[0]).not.toBe(208500);
  });

  test("MNIST files are IDX files too", async () => {
    const labels = await readIdx(path.join(folder, "mnist", "t10k-labels-idx1-ubyte.gz"));
    expect(labels.shape).toEqual([10000]);
    expect([...labels.data].filter((label) => label === 1).length).toBe(1135);
    expect((await readIdx(path.join(folder, "mnist", "t10k-images-idx3-ubyte.gz"))).shape).toEqual([10000, 28, 28]);
  });
});
