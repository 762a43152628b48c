// Digits made by a seeded procedure: strokes of varied shape, slant, size, place, thickness, blur and noise.
import { ArgumentError } from "../errors.js";
import { Dataset } from "../runtime/dataset.js";
import { knownOptions } from "../runtime/fit_options.js";
import { DIGIT_STYLES, type Style } from "./glyphs.js";
import type { Parts } from "./parts.js";
import { checkSeed, RandomStream } from "./random.js";

export interface DigitsOptions {
  /** The same seed gives the same images, bit for bit, whatever the sizes. Default 1. */
  readonly seed?: number;
  /** Images to train on. Default 6000. */
  readonly train?: number;
  /** Default 1000. */
  readonly validation?: number;
  /** Default 2000. */
  readonly test?: number;
}

const SIDE = 16;
const PIXELS = SIDE * SIDE;
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Straight pieces between two points of a curve; at 16 pixels more are not seen. */
const PIECES = 4;

/**
 * Handwritten-looking digits that need no files: input `[1, 16, 16]` with values from 0 (background) to 1 (ink) in
 * steps of 1/255, classes "0" to "9". Of the same kind as `datasets.usps()`, so that models move between the two.
 *
 * @example
 * const { train, validation, test } = datasets.digits({ seed: 1 });
 */
export function digits(options: DigitsOptions = {}): Parts {
  knownOptions("digits", options, ["seed", "train", "validation", "test"]);
  const { train = 6000, validation = 1000, test = 2000 } = options;
  const seed = checkSeed(options.seed ?? 1, "digits");
  for (const [name, count] of Object.entries({ train, validation, test }))
    if (!Number.isSafeInteger(count) || count < 1)
      throw new ArgumentError(`digits: ${name} must be a positive whole number of images, found ${count}`);
  return {
    train: part("train", train, seed),
    validation: part("validation", validation, seed),
    test: part("test", test, seed),
  };
}

function part(name: string, count: number, seed: number): Dataset {
  const input = new Float32Array(count * PIXELS);
  const target = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    // One stream an image: an image does not depend on how many others there are.
    const random = new RandomStream(seed, `digits.${name}`, i);
    const digit = random.below(10);
    target[i] = digit;
    drawDigit(digit, random, input.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  return Dataset.from({ input, inputShape: [1, SIDE, SIDE], target, classes: DIGITS });
}

/** Draws one image, [16, 16] row-major, into `image`. */
export function drawDigit(digit: number, random: RandomStream, image: Float32Array): void {
  const styles = DIGIT_STYLES[digit] as readonly Style[];
  const style = styles[random.below(styles.length)] as Style;
  const place = placement(random);
  const halfWidth = random.uniform(0.45, 1.15);
  const edge = random.uniform(0.7, 1.7);
  for (const stroke of style) {
    const points = stroke.points.map(([x, y]) => place(x + 0.035 * random.normal(), y + 0.035 * random.normal()));
    drawPolyline(stroke.curved ? curveThrough(points) : points, halfWidth, edge, image);
  }
  const ink = random.uniform(0.7, 1);
  const noise = random.uniform(0, 0.12);
  for (let i = 0; i < PIXELS; i++) {
    const value = ink * (image[i] as number) + noise * random.roughNormal();
    image[i] = Math.round(255 * Math.min(1, Math.max(0, value))) / 255;
  }
}

type Point = readonly [number, number];

/** A random affine map from the unit square to pixels. Rotations by rational functions: no platform rounds them differently. */
function placement(random: RandomStream): (x: number, y: number) => Point {
  const width = random.uniform(6, 11.5);
  const height = random.uniform(9.5, 13);
  const slant = random.uniform(-0.35, 0.35);
  const half = random.uniform(-0.12, 0.12);
  const cosine = (1 - half * half) / (1 + half * half);
  const sine = (2 * half) / (1 + half * half);
  const left = (SIDE - 1) / 2 + random.uniform(-1.6, 1.6);
  const top = (SIDE - 1) / 2 + random.uniform(-1.3, 1.3);
  return (x, y) => {
    const v = (y - 0.5) * height;
    const u = (x - 0.5) * width - slant * v;
    return [left + cosine * u - sine * v, top + sine * u + cosine * v];
  };
}

/** Points of the Catmull-Rom curve through the given ones. */
function curveThrough(points: readonly Point[]): Point[] {
  const curve: Point[] = [points[0] as Point];
  for (let i = 0; i + 1 < points.length; i++) {
    const p1 = points[i] as Point;
    const p2 = points[i + 1] as Point;
    const p0 = points[i - 1] ?? p1;
    const p3 = points[i + 2] ?? p2;
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      const along = (axis: 0 | 1): number => {
        const slope = p2[axis] - p0[axis];
        const square = 2 * p0[axis] - 5 * p1[axis] + 4 * p2[axis] - p3[axis];
        const cube = 3 * p1[axis] - p0[axis] - 3 * p2[axis] + p3[axis];
        return p1[axis] + 0.5 * t * (slope + t * (square + t * cube));
      };
      curve.push([along(0), along(1)]);
    }
  }
  return curve;
}

/** Covers pixels near the line with ink: 1 inside, falling to 0 over `edge` pixels around `halfWidth`. */
function drawPolyline(points: readonly Point[], halfWidth: number, edge: number, image: Float32Array): void {
  const reach = halfWidth + edge / 2;
  for (let i = 0; i + 1 < points.length; i++) {
    const [x0, y0] = points[i] as Point;
    const [x1, y1] = points[i + 1] as Point;
    const [dx, dy] = [x1 - x0, y1 - y0];
    const squared = dx * dx + dy * dy;
    const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
    const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
    for (let y = Math.max(0, Math.ceil(Math.min(y0, y1) - reach)); y <= bottom; y++)
      for (let x = Math.max(0, Math.ceil(Math.min(x0, x1) - reach)); x <= right; x++) {
        const t = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared));
        const [ex, ey] = [x - x0 - t * dx, y - y0 - t * dy];
        const cover = Math.min(1, (reach - Math.sqrt(ex * ex + ey * ey)) / edge);
        if (cover > (image[y * SIDE + x] as number)) image[y * SIDE + x] = cover;
      }
  }
}
