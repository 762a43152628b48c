// The definition of affine distortion in float64: what is drawn, the map of an image, and its pixels. The core's results are
// compared with it.
import type { Shape } from "../../errors.js";
import { fnv1a, philox, uniform } from "../../ops/rng.js";
import type { Affine } from "./affine.js";

/** What is done to one image, about its centre and in this order: slanted, turned, scaled, moved, mirrored. */
export interface Distortion {
  /** Degrees; positive turns clockwise, as rows count downwards. */
  readonly rotation: number;
  /** Pixels to the right and down. */
  readonly translation: readonly [number, number];
  readonly scale: number;
  /** Degrees; positive moves what is below the centre to the left. */
  readonly shear: number;
  readonly flip: boolean;
}

/** Where a pixel comes from: column `xx * column + xy * row + x`, row `yx * column + yy * row + y`. */
export interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly x: number;
  readonly yx: number;
  readonly yy: number;
  readonly y: number;
}

const STREAM = fnv1a("affine");
const TWO_32 = 2 ** 32;

/** The distortion of a row in an epoch: words 8 row to 8 row + 5 of the stream "affine", the epoch as its step. */
export function drawDistortion(
  { rotation, translation, scale: [smallest, largest], shear, flip }: Affine,
  [, height, width]: Shape,
  { seed, epoch, row }: { readonly seed: number; readonly epoch: number; readonly row: number },
): Distortion {
  const numbers = [2 * row, 2 * row + 1].flatMap((block) =>
    philox(
      [block % TWO_32, Math.floor(block / TWO_32), STREAM, epoch % TWO_32],
      [seed % TWO_32, Math.floor(seed / TWO_32)],
    ).map(uniform),
  );
  const eitherSide = (most: number, index: number) => most * (2 * (numbers[index] as number) - 1);
  return {
    rotation: eitherSide(rotation, 0),
    translation: [eitherSide(translation, 1) * (width as number), eitherSide(translation, 2) * (height as number)],
    scale: smallest + (largest - smallest) * (numbers[3] as number),
    shear: eitherSide(shear, 4),
    flip: flip && (numbers[5] as number) >= 0.5,
  };
}

/** The inverse of the distortion, which says where each pixel of the new image comes from. */
export function affineMap(distortion: Distortion, [, height, width]: Shape): AffineMap {
  const { rotation, translation, scale, shear, flip } = distortion;
  const angle = (rotation * Math.PI) / 180;
  const slant = Math.tan((shear * Math.PI) / 180);
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const side = flip ? -1 : 1;
  const xx = (cosine - sine * slant) / scale;
  const xy = (sine + cosine * slant) / scale;
  const yx = -sine / scale;
  const yy = cosine / scale;
  const middle = ((width as number) - 1) / 2;
  const centre = ((height as number) - 1) / 2;
  const column = side * middle + translation[0];
  const row = centre + translation[1];
  return {
    xx: side * xx,
    xy,
    x: middle - xx * column - xy * row,
    yx: side * yx,
    yy,
    y: centre - yx * column - yy * row,
  };
}

/**
 * The distorted image, `[channels, height, width]` as the given one, bilinear between pixels.
 * @param fill what lies outside, a number for each channel; none: the nearest pixel of the edge
 */
export function distort(
  image: ArrayLike<number>,
  [channels, height, width]: readonly [number, number, number],
  map: AffineMap,
  fill: ArrayLike<number>,
): Float64Array {
  const result = new Float64Array(channels * height * width);
  const edge = fill.length === 0;
  const within = (value: number, last: number) => Math.min(Math.max(value, 0), last);
  for (let channel = 0; channel < channels; channel++) {
    const pixel = (row: number, column: number): number => {
      const outside = row < 0 || row >= height || column < 0 || column >= width;
      if (outside && !edge) return fill[channel] as number;
      const [r, c] = [within(row, height - 1), within(column, width - 1)];
      return image[(channel * height + r) * width + c] as number;
    };
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const x = map.xx * column + map.xy * row + map.x;
        const y = map.yx * column + map.yy * row + map.y;
        const [left, above] = [Math.floor(x), Math.floor(y)];
        const [right, below] = [x - left, y - above];
        result[(channel * height + row) * width + column] =
          (1 - below) * ((1 - right) * pixel(above, left) + right * pixel(above, left + 1)) +
          below * ((1 - right) * pixel(above + 1, left) + right * pixel(above + 1, left + 1));
      }
  }
  return result;
}
