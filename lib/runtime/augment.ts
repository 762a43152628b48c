// What the core is told of the distortion of a run's training images.
import { type Affine, readAffine } from "../data/augment/affine.js";
import { backgroundOf } from "../data/augment/background.js";
import { ArgumentError, shapeText } from "../errors.js";
import type { Dataset } from "./dataset.js";
import type { NativeAugment } from "./native.js";

/** The augmentation of an epoch's job. Throws ArgumentError for what affine() did not make, and for rows that are no images. */
export function nativeAugment(given: Affine, train: Dataset): NativeAugment {
  const augment = readAffine(given);
  if (train.inputShape.length !== 3)
    throw new ArgumentError(
      `augment: affine() distorts images [channels, height, width], the training data have rows of shape ${shapeText(train.inputShape)}; give Dataset.from an inputShape such as [1, 16, 16], or leave augment out`,
    );
  const { rotation, translation, scale, shear, flip } = augment;
  const [smallestScale, largestScale] = scale;
  return {
    input: "input",
    rotation,
    translation,
    smallestScale,
    largestScale,
    shear,
    flip,
    fill: fillOf(augment, train),
  };
}

function fillOf({ fill }: Affine, train: Dataset): Float32Array {
  const shape = train.inputShape as readonly [number, number, number];
  const [channels] = shape;
  if (fill === "edge") return new Float32Array(0);
  if (fill === "background") return backgroundOf(train.input, train.rows, shape);
  if (typeof fill === "number") return new Float32Array(channels).fill(fill);
  if (fill.length === channels) return Float32Array.from(fill);
  throw new ArgumentError(
    `augment: fill has ${fill.length} numbers, the training data ${channels} channels; give one number for each`,
  );
}
