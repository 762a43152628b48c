// Files altered at random: the readers return or throw DataError, never anything else.
import { describe, expect, it } from "vitest";
import { decodeModelFile, encodeModelFile } from "../../lib/checkpoint/model_file.js";
import { decodeSafetensors } from "../../lib/checkpoint/safetensors.js";
import { DataError } from "../../lib/errors.js";
import { batchNorm, conv2d, dense, flatten, relu, sequential, softmax } from "../../lib/layers/index.js";
import { encodeModel } from "../../lib/onnx/model.js";
import { metadataOf } from "../../lib/onnx/metadata.js";
import { readOnnxInfo } from "../../lib/onnx/read_info.js";
import { decodeSamples, encodeSamples } from "../../lib/onnx/samples.js";
import { fnv1a, randomWords } from "../../lib/ops/rng.js";
import { tinyModel } from "../unit/onnx/tiny_model.js";
import "../../lib/ops/index.js";

const MUTATIONS = 3000;

const rows = { data: Float32Array.from({ length: 6 }, (_, i) => i), shape: [2, 3] };
const modelFile = encodeModelFile({
  model: sequential([1, 6, 6], [conv2d(2, { kernel: 3 }), batchNorm(), relu(), flatten(), dense(3), softmax()]),
  weights: ["a", "b"].map((name) => ({ name, ...rows })),
  settings: { classes: ["x", "y", "z"], standardizeTargets: false, scaled: true },
});
const samplesFile = encodeSamples({ inputs: { input: rows }, outputs: { output: rows } });
const onnxFile = encodeModel({ ...tinyModel(), metadata: metadataOf({ classes: ["a", "b"] }, ["batch", 3]) });

const readers: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
  ["decodeSafetensors", modelFile, decodeSafetensors],
  ["decodeModelFile", modelFile, decodeModelFile],
  ["decodeSamples", samplesFile, decodeSamples],
  ["readOnnxInfo", onnxFile, readOnnxInfo],
];

describe("altered files", () => {
  it.each(readers)("%s", (name, file, read) => {
    let refused = 0;
    for (let round = 0; round < MUTATIONS; round++) {
      const bytes = mutated(file, name, round);
      try {
        read(bytes);
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`round ${round}: ${String(error)}`, { cause: error });
        refused++;
      }
    }
    // Not every change shows: a bit of a weight is as good as another.
    expect(refused).toBeGreaterThan(MUTATIONS / 10);
  });

  it.each(readers)("%s, of random bytes", (name, _, read) => {
    for (let round = 0; round < MUTATIONS / 10; round++) {
      const words = randomWords(round, fnv1a(name), 0, 64);
      const bytes = new Uint8Array(words.buffer).slice(0, words[0]! % 256);
      expect(() => read(bytes)).toThrow(DataError);
    }
  });
});

/** One to four changes: a bit, a byte, a cut, a block doubled or moved, a digit of the header. */
function mutated(file: Uint8Array, name: string, round: number): Uint8Array {
  const words = randomWords(round, fnv1a(name), 0, 32);
  let at = 0;
  const below = (count: number) => words[at++]! % count;
  let bytes = file.slice();
  for (let changes = 1 + below(4); changes > 0 && bytes.length > 1; changes--) {
    const position = below(bytes.length);
    const other = below(bytes.length);
    switch (below(6)) {
      case 0:
        bytes[position]! ^= 1 << below(8);
        break;
      case 1:
        bytes[position] = [0, 0xff, 0x7f, 0x80, 0x22, 0x7b, 0x30, 0x39][below(8)]!;
        break;
      case 2:
        bytes = bytes.slice(0, position);
        break;
      case 3:
        bytes.copyWithin(position, other, other + below(40));
        break;
      case 4:
        bytes = Uint8Array.of(...bytes.subarray(0, position), ...bytes.subarray(Math.min(position, other)));
        break;
      default: {
        const digit = bytes.findIndex((byte, i) => i >= position && byte >= 0x30 && byte <= 0x39);
        if (digit >= 0) bytes[digit] = 0x30 + below(10);
      }
    }
  }
  return bytes;
}
