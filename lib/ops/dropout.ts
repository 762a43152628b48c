// Dropout: elements are zeroed at random, the rest scaled so that sums keep their expectation.
import { type Shape, ShapeError } from "../errors.js";
import { channelView, float32, number, operands, whole } from "./check.js";
import { defineOp } from "./op.js";
import { randomWords, uniform } from "./rng.js";

defineOp({
  name: "dropout",
  infer(inputs, attributes) {
    const { x } = operands("dropout", inputs, ["x"]);
    const rate = number("dropout", attributes, "rate");
    if (!(rate >= 0 && rate < 1)) throw new ShapeError(`dropout: rate is ${rate}, expected at least 0 and below 1`);
    whole("dropout", attributes, "stream", 0);
    return [float32(x.shape)];
  },
  // The same bits are drawn again, so that no mask needs to be kept.
  grad: (g, { dy, attributes }) => [g.op("dropout", [dy[0]!], attributes)],
  reference([x], { in: [shape] }, attributes, { seed, step }) {
    const rate = number("dropout", attributes, "rate");
    const scale = Math.fround(1 / (1 - rate));
    const words = randomWords(seed, number("dropout", attributes, "stream"), step, x!.length);
    return [x!.map((value, i) => (uniform(words[memoryIndex(shape!, i)]!) >= rate ? value * scale : 0))];
  },
});

/** Where an element lies in native memory, which counts the random numbers: images are stored channels last. */
function memoryIndex(shape: Shape, index: number): number {
  if (shape.length !== 4) return index;
  const { channels, inner } = channelView(shape);
  const row = Math.floor(index / (channels * inner));
  const channel = Math.floor(index / inner) % channels;
  return (row * inner + (index % inner)) * channels + channel;
}
