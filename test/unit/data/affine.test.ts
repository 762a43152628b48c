// Affine distortion: its options, what is drawn, the map of an image, its pixels, and the background of a data set.
import { describe, expect, test } from "vitest";
import { type Affine, affine, type AffineOptions, readAffine } from "../../../lib/data/augment/affine.js";
import { backgroundOf } from "../../../lib/data/augment/background.js";
import { affineMap, distort, type Distortion, drawDistortion } from "../../../lib/data/augment/distortion.js";
import { ArgumentError } from "../../../lib/errors.js";

const still: Distortion = { rotation: 0, translation: [0, 0], scale: 1, shear: 0, flip: false };

function distorted(
  image: readonly number[],
  [height, width]: readonly [number, number],
  distortion: Partial<Distortion>,
  fill: readonly number[] = [0],
): number[] {
  const shape = [1, height, width] as const;
  // Sines of right angles are off by 1e-16, and -0 is not 0.
  return [...distort(image, shape, affineMap({ ...still, ...distortion }, shape), fill)].map(
    (value) => Math.round(value * 1e9) / 1e9 + 0,
  );
}

describe("options", () => {
  test("have defaults, and a number as scale means that much to either side", () => {
    expect(affine({ scale: 0.25 })).toEqual({
      kind: "affine",
      rotation: 0,
      translation: 0,
      scale: [0.75, 1.25],
      shear: 0,
      flip: false,
      fill: "background",
    });
    expect(affine({ rotation: 10, scale: [0.5, 2], fill: [1, 2] })).toMatchObject({ scale: [0.5, 2], fill: [1, 2] });
  });

  test("survive JSON and are frozen", () => {
    const spec = affine({ rotation: 10, scale: 0.1, fill: "edge", flip: true });
    expect(readAffine(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(Object.isFrozen(spec) && Object.isFrozen(spec.scale)).toBe(true);
  });

  const wrong: [unknown, RegExp][] = [
    [undefined, /nothing is to be varied; give at least one of rotation/],
    [{ fill: 1 }, /nothing is to be varied/],
    [{ rotation: -1 }, /rotation must be a number at least 0 and at most 180, got -1/],
    [{ rotation: Number.NaN }, /rotation must be/],
    [{ translation: 2 }, /translation must be/],
    [{ scale: 1 }, /scale must be a number from 0 to 0.99, such as 0.1/],
    [{ scale: [1.1, 0.9] }, /scale must be/],
    [{ scale: [0, 1] }, /scale must be/],
    [{ scale: [1, Number.POSITIVE_INFINITY] }, /scale must be/],
    [{ shear: 90 }, /shear must be/],
    [{ flip: 1 }, /flip must be true or false, got 1/],
    [{ rotation: 5, fill: "border" }, /fill must be a finite number, a list.*got "border"/],
    [{ rotation: 5, fill: [] }, /fill must be/],
    [{ rotate: 5 }, /unknown option "rotate"; it has rotation, translation/],
  ];
  test.each(wrong)("%j is refused", (options, message) => {
    expect(() => affine(options as AffineOptions)).toThrow(ArgumentError);
    expect(() => affine(options as AffineOptions)).toThrow(message);
  });

  test("only affine() makes what fit takes", () => {
    for (const other of [{ rotation: 5 }, "affine", null, affine])
      expect(() => readAffine(other)).toThrow(/augment: expected affine\(\{ rotation/);
  });
});

describe("draws", () => {
  const shape = [1, 20, 10];
  const spec = affine({ rotation: 10, translation: 0.1, scale: [0.8, 1.4], shear: 5, flip: true });
  const draws = Array.from({ length: 2000 }, (_, row) => drawDistortion(spec, shape, { seed: 7, epoch: 1, row }));
  const columns: [string, (draw: Distortion) => number, number, number][] = [
    ["rotation", (draw) => draw.rotation, -10, 10],
    ["columns to the right", (draw) => draw.translation[0], -1, 1],
    ["rows down", (draw) => draw.translation[1], -2, 2],
    ["scale", (draw) => draw.scale, 0.8, 1.4],
    ["shear", (draw) => draw.shear, -5, 5],
    ["flip", (draw) => Number(draw.flip), 0, 1],
  ];

  test.each(columns)("%s is uniform over its range", (_, of, low, high) => {
    const values = draws.map(of).sort((a, b) => a - b);
    expect(values[0]).toBeGreaterThanOrEqual(low);
    expect(values.at(-1)).toBeLessThanOrEqual(high);
    // Four standard errors of a mean of 2000 draws, whose deviation is at most half of the range.
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - (low + high) / 2) / (high - low)).toBeLessThan(0.045);
    expect((values[1500]! - values[500]!) / (high - low)).toBeGreaterThan(0.45);
  });

  test("are no multiples of each other", () => {
    const centred = columns.map(([, of, low, high]) =>
      draws.map((draw) => (of(draw) - (low + high) / 2) / (high - low)),
    );
    for (const [i, a] of centred.entries())
      for (const b of centred.slice(i + 1)) {
        const sum = a.reduce((total, value, k) => total + value * b[k]!, 0);
        const norms = Math.hypot(...a) * Math.hypot(...b);
        expect(Math.abs(sum / norms)).toBeLessThan(0.1);
      }
  });

  test("are others for another seed, epoch and row, and the same for the same", () => {
    const at = { seed: 7, epoch: 3, row: 12 };
    const draw = drawDistortion(spec, shape, at);
    expect(drawDistortion(spec, shape, { ...at })).toEqual(draw);
    for (const other of [{ seed: 8 }, { seed: 7 + 2 ** 32 }, { epoch: 4 }, { row: 13 }, { row: 12 + 2 ** 31 }])
      expect(drawDistortion(spec, shape, { ...at, ...other }).rotation).not.toBe(draw.rotation);
  });

  test("stay still where nothing is to be varied", () => {
    const spec: Affine = affine({ rotation: 0 });
    expect(drawDistortion(spec, shape, { seed: 1, epoch: 1, row: 5 })).toEqual({
      ...still,
      rotation: expect.closeTo(0, 12),
      translation: [expect.closeTo(0, 12), expect.closeTo(0, 12)],
      shear: expect.closeTo(0, 12),
    });
  });
});

describe("pixels", () => {
  const three = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const lines: [string, Partial<Distortion>, number[]][] = [
    ["nothing", {}, three],
    ["a quarter turn, clockwise", { rotation: 90 }, [7, 4, 1, 8, 5, 2, 9, 6, 3]],
    ["half a turn", { rotation: 180 }, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ["one to the right", { translation: [1, 0] }, [0, 1, 2, 0, 4, 5, 0, 7, 8]],
    ["one down", { translation: [0, 1] }, [0, 0, 0, 1, 2, 3, 4, 5, 6]],
    ["half a pixel to the left", { translation: [-0.5, 0] }, [1.5, 2.5, 1.5, 4.5, 5.5, 3, 7.5, 8.5, 4.5]],
    ["mirrored", { flip: true }, [3, 2, 1, 6, 5, 4, 9, 8, 7]],
    ["to the right, then mirrored", { flip: true, translation: [1, 0] }, [2, 1, 0, 5, 4, 0, 8, 7, 0]],
    ["twice as large", { scale: 2 }, [3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7]],
    ["half as large", { scale: 0.5 }, [0, 0, 0, 0, 5, 0, 0, 0, 0]],
    ["slanted by one column a row", { shear: 45 }, [0, 1, 2, 4, 5, 6, 8, 9, 0]],
    ["far away", { translation: [50, 0] }, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ];
  test.each(lines)("%s", (_, distortion, expected) => {
    expect(distorted(three, [3, 3], distortion)).toEqual(expected);
  });

  test("outside is the fill, to half where half of a pixel is outside, or the nearest pixel of the edge", () => {
    expect(distorted([1, 2, 3], [1, 3], { translation: [1.5, 0] }, [-1])).toEqual([-1, 0, 1.5]);
    expect(distorted([1, 2, 3], [1, 3], { translation: [1.5, 0] }, [])).toEqual([1, 1, 1.5]);
    expect(distorted([1, 2, 3, 4], [2, 2], { translation: [9, -9] }, [])).toEqual([3, 3, 3, 3]);
  });

  test("an image that is its background everywhere stays what it is", () => {
    const turned = distorted(Array(20).fill(-1), [4, 5], { rotation: 33, scale: 0.7, translation: [1.3, 0.4] }, [-1]);
    expect(turned).toEqual(Array(20).fill(-1));
  });

  test("images need not be square: half a turn of 2 x 3, and a turn about the centre", () => {
    expect(distorted([1, 2, 3, 4, 5, 6], [2, 3], { rotation: 180 })).toEqual([6, 5, 4, 3, 2, 1]);
    expect(distorted([1, 2, 3], [3, 1], { rotation: 90 })).toEqual([0, 2, 0]);
  });

  test("every channel is distorted alike, with its own fill", () => {
    const shape = [2, 1, 2] as const;
    const map = affineMap({ ...still, translation: [1, 0] }, shape);
    expect([...distort([1, 2, 3, 4], shape, map, [8, 9])]).toEqual([8, 1, 9, 3]);
  });

  test("the map undoes shear, turn, scale and translation in torchvision's order", () => {
    const shape = [1, 9, 7];
    const distortion = { rotation: 25, translation: [1.5, -2], scale: 1.3, shear: 12, flip: false } as const;
    const map = affineMap(distortion, shape);
    const [angle, slant] = [(25 * Math.PI) / 180, Math.tan((12 * Math.PI) / 180)];
    for (const [column, row] of [
      [0, 0],
      [2.5, 7],
    ] as const) {
      const [right, down] = [column - 3 - slant * (row - 4), row - 4];
      const x = 1.3 * (Math.cos(angle) * right - Math.sin(angle) * down) + 3 + 1.5;
      const y = 1.3 * (Math.sin(angle) * right + Math.cos(angle) * down) + 4 - 2;
      expect(map.xx * x + map.xy * y + map.x).toBeCloseTo(column, 12);
      expect(map.yx * x + map.yy * y + map.y).toBeCloseTo(row, 12);
    }
  });
});

describe("background", () => {
  test("is the median of the pixels along the edges, for each channel", () => {
    // The middle pixel, 99, is no edge.
    const image = [0, 0, 0, 0, 99, 5, 6, 7, 8];
    expect([...backgroundOf(Float32Array.of(...image, ...image.map((x) => -x)), 1, [2, 3, 3])]).toEqual([0, -5]);
    expect([...backgroundOf(Float32Array.of(1, 2, 3, 4), 2, [1, 1, 2])]).toEqual([2]);
  });

  test("comes from rows all over the data where there are many", () => {
    const rows = 30_000;
    // The later four tenths of the rows have another background: the median over all is that of the others.
    const images = Float32Array.from({ length: rows * 4 }, (_, i) => (i < rows * 4 * 0.6 ? -1 : 1));
    expect([...backgroundOf(images, rows, [1, 2, 2])]).toEqual([-1]);
    expect([...backgroundOf(images.map((x) => -x).reverse(), rows, [1, 2, 2])]).toEqual([1]);
  });
});
