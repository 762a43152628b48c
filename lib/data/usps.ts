// USPS handwritten digits: 7291 training and 2007 test images of 16 x 16 pixels, in both versions that circulate.
import { ArgumentError, DataError } from "../errors.js";
import { Dataset } from "../runtime/dataset.js";
import { knownOptions } from "../runtime/fit_options.js";
import { parseEsl } from "./esl.js";
import type { NamedBytes } from "./files.js";
import { parseIdx } from "./idx.js";
import { type LabelledRows, parseLibsvm } from "./libsvm.js";
import { obtain, type PublishedFile, type Surroundings, surroundings } from "./published.js";
import type { Parts } from "./parts.js";

export interface UspsOptions {
  /** Decides which training images are kept for validation. Default 1. */
  readonly seed?: number;
  /** Images kept for validation: a number, or a fraction below 1 of the 7291. Default 1291. */
  readonly validation?: number;
  /** True keeps the share of every digit in training and validation. Default false. */
  readonly stratify?: boolean;
  /**
   * `libsvm`, the default: slightly blurred, in 8 bits, as in `torchvision.datasets.USPS`.
   * `esl`: the sharp images of "The Elements of Statistical Learning". Figures of the two do not compare.
   */
  readonly pixels?: "libsvm" | "esl";
}

const SIDE = 16;
const PIXELS = SIDE * SIDE;
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LIBSVM = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass";
const ESL = "https://hastie.su.domains/ElemStatLearn/datasets";

const idx = (name: string, value: string): PublishedFile => ({
  set: "usps",
  name,
  checksum: { of: "content", algorithm: "md5", value },
});
const text = (
  address: string,
  name: string,
  of: "file" | "content",
  algorithm: "md5" | "sha256",
  value: string,
): PublishedFile => ({ set: "usps", name, url: `${address}/${name}`, checksum: { of, algorithm, value } });

interface Half {
  readonly rows: number;
  readonly esl: PublishedFile;
  readonly libsvm: PublishedFile;
  /** Images and labels; unpacked in a tenth of the time that the text takes, and so looked for first. */
  readonly idx: readonly [PublishedFile, PublishedFile];
}

const TRAIN: Half = {
  rows: 7291,
  esl: text(
    ESL,
    "zip.train.gz",
    "content",
    "sha256",
    "abc9f5c75b997cabe66b5d01727d5a681c69298e1641a8d37b55433a52129dc0",
  ),
  libsvm: text(LIBSVM, "usps.bz2", "file", "md5", "ec16c51db3855ca6c91edd34d0e9b197"),
  idx: [
    idx("usps-train-images-idx3-ubyte.gz", "33b586bcbbd1679cd9786f597de68c8f"),
    idx("usps-train-labels-idx1-ubyte.gz", "0b8da1613512399e4c031f1c3a79ea05"),
  ],
};
const TEST: Half = {
  rows: 2007,
  esl: text(
    ESL,
    "zip.test.gz",
    "content",
    "sha256",
    "6bde17b4f1cd68e0630cd2751d6495b5795d9165ab2dc4a0be8b7002b732f4cc",
  ),
  libsvm: text(LIBSVM, "usps.t.bz2", "file", "md5", "8ea070ee2aca1ac39742fdd1ef5ed118"),
  idx: [
    idx("usps-test-images-idx3-ubyte.gz", "b01ba0ff63bcf1717f354023dcfe4d1b"),
    idx("usps-test-labels-idx1-ubyte.gz", "662f4a662c3d770a29bc5cfa1e412180"),
  ],
};

/**
 * The USPS digits: input `[1, 16, 16]` with values from 0 (background) to 1 (ink), classes "0" to "9".
 * Files are looked for in `$NETWRIGHT_DATA/usps`, then in the cache folder, then downloaded.
 * Throws DataError that says which file to put where when they cannot be had.
 *
 * @example
 * const { train, validation, test } = await datasets.usps({ seed: 1 }); // 6000, 1291 and 2007 images
 */
export async function usps(options: UspsOptions = {}, around: Surroundings = surroundings()): Promise<Parts> {
  knownOptions("usps", options, ["seed", "validation", "stratify", "pixels"]);
  const { seed = 1, validation = 1291, stratify = false, pixels = "libsvm" } = options;
  if (pixels !== "libsvm" && pixels !== "esl")
    throw new ArgumentError(`usps: pixels must be "libsvm" or "esl", found ${JSON.stringify(pixels)}`);
  const train = validation < 1 ? 1 - validation : TRAIN.rows - validation;
  if (!(validation > 0 && train > 0))
    throw new ArgumentError(`usps: validation must be between 0 and ${TRAIN.rows} images, found ${validation}`);
  const read = pixels === "esl" ? readEslHalf : readLibsvmHalf;
  const [all, test] = [await read(TRAIN, around), await read(TEST, around)];
  return { ...all.split({ train, validation }, { seed, stratify }), test };
}

async function readEslHalf(half: Half, around: Surroundings): Promise<Dataset> {
  const [file] = (await obtain([[half.esl]], around)) as [NamedBytes];
  const { rows, labels, values } = parseEsl(file);
  return images(
    file.name,
    half,
    rows,
    labels,
    values.map((value) => (value + 1) / 2),
  );
}

async function readLibsvmHalf(half: Half, around: Surroundings): Promise<Dataset> {
  const [first, second] = await obtain([half.idx, [half.libsvm]], around);
  const file = first as NamedBytes;
  if (second === undefined) {
    const parsed = parseLibsvm(file, { features: PIXELS });
    const digits = parsed.labels.map((label) => label - 1);
    return images(file.name, half, parsed.rows, digits, eightBits(parsed));
  }
  const [pixels, labels] = [parseIdx(file), parseIdx(second)];
  return images(
    file.name,
    half,
    pixels.shape[0] ?? 0,
    Float64Array.from(labels.data),
    Float32Array.from(pixels.data, unit),
  );
}

/** torchvision's rule for this file, `trunc((v + 1) / 2 * 255)` in 32-bit floats, and what `ToTensor` makes of it. */
export function eightBits(rows: Pick<LabelledRows, "values">): Float32Array {
  return rows.values.map((value) => unit(Math.trunc(Math.fround(Math.fround(Math.fround(value + 1) / 2) * 255))));
}

function unit(byte: number): number {
  return byte / 255;
}

function images(name: string, half: Half, rows: number, labels: Float64Array, values: Float32Array): Dataset {
  if (rows !== half.rows || values.length !== rows * PIXELS || labels.length !== rows)
    throw new DataError(
      `${name}: expected ${half.rows} images of ${SIDE} x ${SIDE} pixels with a label each, found ${values.length} pixels and ${labels.length} labels`,
    );
  return Dataset.from({ input: values, inputShape: [1, SIDE, SIDE], target: labels, classes: DIGITS });
}
