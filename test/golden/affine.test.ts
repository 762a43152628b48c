// The definition of affine distortion against PyTorch's affine_grid and grid_sample, whose numbers affine.py made.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { affineMap, distort } from "../../lib/data/augment/distortion.js";

interface Case {
  readonly shape: readonly [number, number, number];
  readonly numbers: readonly [rotation: number, right: number, down: number, scale: number, shear: number];
  readonly padding: "zeros" | "border";
  readonly image: readonly number[];
  readonly result: readonly number[];
}

const cases = JSON.parse(readFileSync(new URL("affine.json", import.meta.url), "utf8")) as Case[];

test.each(cases)("$shape, $numbers, $padding", ({ shape, numbers, padding, image, result }) => {
  const [rotation, right, down, scale, shear] = numbers;
  const map = affineMap({ rotation, translation: [right, down], scale, shear, flip: false }, shape);
  const fill = padding === "zeros" ? new Float64Array(shape[0]) : [];
  const found = distort(image, shape, map, fill);
  expect(found).toHaveLength(result.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - (result[i] as number))).toBeLessThan(1e-11);
});
