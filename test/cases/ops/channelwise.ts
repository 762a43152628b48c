// Cases of the ops with one number per channel.
import type { Shape } from "../../../lib/errors.js";
import { LARGE, LENGTHS, normal, type OpCase, type OpCases, uniform } from "../op_case.js";

const shapes: readonly { name: string; shape: Shape; batch?: number; large?: boolean }[] = [
  ...LENGTHS.map((c) => ({ name: `${c} columns`, shape: [-1, c] })),
  { name: "images", shape: [-1, 3, 4, 5] },
  { name: "images of one channel", shape: [-1, 1, 5, 7] },
  { name: "images of 17 channels", shape: [-1, 17, 3, 3] },
  { name: "single pixels", shape: [-1, 9, 1, 1] },
  { name: "large", shape: [-1, 33, 30, 31], batch: 8, large: true },
];

const positive = (shape: Shape) => uniform(shape, 0.3, 2.5);

function onShapes(...vectors: ((shape: Shape) => ReturnType<typeof normal>)[]): OpCase[] {
  return shapes.map(({ name, shape, batch, large }) => ({
    name,
    inputs: [normal(shape, 1, 2), ...vectors.map((draw) => draw([shape[1]!]))],
    ...(batch !== undefined && { batch }),
    ...(large === true && { notDifferenced: LARGE }),
  }));
}

export const cases: OpCases = {
  standardize: onShapes(normal, positive),
  unstandardize: onShapes(normal, positive),
  channel_multiply: onShapes(normal),
  channel_divide: onShapes(positive),
};
