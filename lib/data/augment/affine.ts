// What affine() may do to training images: its options, checked, as plain data.
import { ArgumentError } from "../../errors.js";
import { flag, numberIn, type Option, readSpec, type Spec, valueText, withDefault } from "../../options.js";

/** The data of an affine distortion; JSON as it stands, frozen. */
export interface Affine extends Spec {
  readonly kind: "affine";
  readonly rotation: number;
  readonly translation: number;
  /** `[smallest, largest]` */
  readonly scale: readonly [number, number];
  readonly shear: number;
  readonly flip: boolean;
  readonly fill: number | readonly number[] | "edge" | "background";
}

export interface AffineOptions {
  /** Most degrees, to either side, 0 to 180. Default 0. */
  readonly rotation?: number;
  /** Most of the image's width and of its height by which it moves, to either side, 0 to 1. Default 0. */
  readonly translation?: number;
  /** Sizes `[smallest, largest]`, from 0.01 to 100; `0.1` stands for `[0.9, 1.1]`. Default `[1, 1]`. */
  readonly scale?: number | readonly [number, number];
  /** Most degrees by which upright lines are slanted, to either side, 0 to 80. Default 0. */
  readonly shear?: number;
  /** Mirrors half of the images, left to right. Default false. */
  readonly flip?: boolean;
  /**
   * What lies outside the image: a number, or one for each channel; `"edge"`, the nearest pixel of the image itself; or
   * `"background"`, for each channel the median of the pixels along the edges of the training images: 0 where they are drawn on 0,
   * -1 where on -1. Default `"background"`.
   */
  readonly fill?: number | readonly number[] | "edge" | "background";
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const SMALLEST = 0.01;
const LARGEST = 100;

const scale: Option = {
  expected: `a number from 0 to 0.99, such as 0.1 for [0.9, 1.1], or [smallest, largest] within ${SMALLEST} to ${LARGEST}`,
  parse: (value) => {
    const pair = isNumber(value) && value >= 0 ? [1 - value, 1 + value] : value;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every(isNumber)) return undefined;
    const [smallest, largest] = pair as [number, number];
    return smallest >= SMALLEST && smallest <= largest && largest <= LARGEST ? [smallest, largest] : undefined;
  },
};

const fill: Option = {
  expected: `a finite number, a list with one for each channel, "edge" or "background"`,
  parse: (value) => {
    if (value === "edge" || value === "background" || isNumber(value)) return value;
    return Array.isArray(value) && value.length > 0 && value.every(isNumber) ? [...value] : undefined;
  },
};

const OPTIONS = {
  rotation: withDefault(numberIn({ from: 0, to: 180 }), 0),
  translation: withDefault(numberIn({ from: 0, to: 1 }), 0),
  scale: withDefault(scale, [1, 1]),
  shear: withDefault(numberIn({ from: 0, to: 80 }), 0),
  flip: withDefault(flag, false),
  fill: withDefault(fill, "background"),
};

const VARIATIONS = ["rotation", "translation", "scale", "shear", "flip"];

/**
 * Random affine distortion of training images `[channels, height, width]`, for `trainer.fit(train, { augment })`: turned,
 * scaled and slanted about the centre, moved, with pixels between pixels by bilinear interpolation.
 *
 * Every image gets another distortion in every epoch, drawn uniformly and independently from the ranges, all of its channels
 * the same one; the trainer's seed, the epoch and the row decide it, so that one seed gives the same images at any number of threads, and a
 * second fit goes on with new ones. Validation, `evaluate`, `predict` and `step` see images as they are.
 *
 * The order of operations is that of torchvision's RandomAffine, with `shear` along the rows; translation is not rounded to whole
 * pixels (Simard, Steinkraus, Platt 2003, "Best practices for convolutional neural networks applied to visual document
 * analysis", on why it helps).
 * @throws ArgumentError for an option out of its range, and when nothing is to be varied
 * @example
 * const { train } = datasets.digits();
 * const model = sequential([1, 16, 16], [flatten(), dense(10), softmax()]);
 * const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: adam() });
 * await trainer.fit(train, { epochs: 1, augment: affine({ rotation: 10, translation: 0.1, scale: 0.1, shear: 5 }) });
 */
export function affine(options: AffineOptions): Affine {
  const spec = readSpec<Affine>("affine", "affine", OPTIONS, options ?? {});
  if (!VARIATIONS.some((name) => (options as Record<string, unknown> | undefined)?.[name] !== undefined))
    throw new ArgumentError(`affine: nothing is to be varied; give at least one of ${VARIATIONS.join(", ")}`);
  return spec;
}

/** What affine() made, or the same from JSON. Throws ArgumentError for anything else. */
export function readAffine(value: unknown): Affine {
  if (typeof value === "object" && value !== null && (value as Spec).kind === "affine")
    return readSpec<Affine>("affine", "affine", OPTIONS, value);
  throw new ArgumentError(`augment: expected affine({ rotation, translation, ... }), found ${valueText(value)}`);
}
