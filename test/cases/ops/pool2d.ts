// Cases of the pooling ops; the windows serve maximum and average.
import { BATCH } from "../../../lib/errors.js";
import {
  type CaseInput,
  distinct,
  EXTREMES,
  LARGE,
  normal,
  type OpCase,
  type OpCases,
  outputOf,
  values,
  whole,
} from "../op_case.js";

interface Windows {
  readonly name: string;
  readonly image: readonly [number, number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly batch?: number;
  readonly large?: boolean;
}

const windows: readonly Windows[] = [
  { name: "2x2", image: [3, 6, 4], kernel: [2, 2], stride: [2, 2] },
  { name: "2x2, odd image", image: [3, 7, 5], kernel: [2, 2], stride: [2, 2] },
  ...[1, 7, 8, 9, 15, 16, 17, 33].map((c) => ({
    name: `${c} channels`,
    image: [c, 4, 4] as const,
    kernel: [2, 2] as const,
    stride: [2, 2] as const,
  })),
  { name: "overlapping", image: [2, 7, 6], kernel: [3, 3], stride: [2, 2] },
  { name: "overlapping, padded", image: [5, 6, 7], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  { name: "stride 1, padded", image: [2, 5, 5], kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
  { name: "uneven padding", image: [2, 5, 6], kernel: [3, 4], stride: [2, 3], padding: [0, 2, 1, 3] },
  { name: "gaps between windows", image: [2, 8, 8], kernel: [2, 2], stride: [3, 3] },
  { name: "one window", image: [3, 4, 5], kernel: [4, 5], stride: [1, 1] },
  { name: "single pixels", image: [4, 3, 3], kernel: [1, 1], stride: [1, 1] },
  { name: "batch 1", image: [2, 4, 4], kernel: [2, 2], stride: [2, 2], batch: 1 },
  { name: "large", image: [33, 40, 41], kernel: [2, 2], stride: [2, 2], batch: 8, large: true },
  {
    name: "large, overlapping",
    image: [16, 40, 41],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    batch: 8,
    large: true,
  },
];

const attributes = ({ kernel, stride, padding = [0, 0, 0, 0] }: Windows) => ({ kernel, stride, padding });

const image = ({ image }: Windows) => [BATCH, ...image];

function output({ image, kernel, stride, padding = [0, 0, 0, 0] }: Windows) {
  const extent = (axis: 0 | 1) =>
    Math.floor((image[axis + 1]! + padding[axis] + padding[axis + 2]! - kernel[axis]) / stride[axis]) + 1;
  return [BATCH, image[0], extent(0), extent(1)];
}

const common = ({
  name,
  batch,
  large,
  kernel,
}: Windows): Pick<OpCase, "name" | "batch" | "notDifferenced" | "reduction"> => ({
  name,
  reduction: kernel[0] * kernel[1],
  ...(batch !== undefined && { batch }),
  ...(large === true && { notDifferenced: LARGE }),
});

const maximumGradient = (window: Windows, x: CaseInput): OpCase => ({
  ...common(window),
  inputs: [normal(output(window)), x, outputOf(output(window), "max_pool2d", [1])],
  attributes: attributes(window),
});

const averageCases = (countIncludePad: boolean): OpCase[] =>
  windows.map((window) => ({
    ...common(window),
    name: `${window.name}${countIncludePad ? ", padding counted" : ""}`,
    inputs: [normal(image(window))],
    attributes: { ...attributes(window), countIncludePad },
  }));

const averageGradientCases = (countIncludePad: boolean): OpCase[] =>
  windows.map((window) => ({
    ...common(window),
    name: `${window.name}${countIncludePad ? ", padding counted" : ""}`,
    inputs: [normal(output(window))],
    attributes: { ...attributes(window), countIncludePad, inputShape: window.image },
  }));

const tied: Windows = { name: "ties", image: [9, 6, 6], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] };
const notNumbers: Windows = { name: "NaN and infinities", image: [1, 2, 6], kernel: [2, 2], stride: [2, 2], batch: 1 };
const specials = values(
  [BATCH, 1, 2, 6],
  1,
  Number.NaN,
  -Infinity,
  -Infinity,
  Infinity,
  3,
  2,
  0,
  -Infinity,
  -Infinity,
  4,
  Number.NaN,
);
const globals = [1, 3, 7, 8, 9, 16, 17, 33].map((c) => ({ name: `${c} channels`, image: [c, 3, 5] as const }));

export const cases: OpCases = {
  max_pool2d: [
    ...windows.map((window) => ({
      ...common(window),
      inputs: [distinct(image(window))],
      attributes: attributes(window),
    })),
    {
      ...common(tied),
      inputs: [whole(image(tied), 3)],
      attributes: attributes(tied),
      notDifferenced: "ties are kinks",
    },
    { ...common(notNumbers), inputs: [specials], attributes: attributes(notNumbers), notDifferenced: EXTREMES },
  ],
  max_pool2d_grad: [
    ...windows.map((window) => maximumGradient(window, distinct(image(window)))),
    maximumGradient(tied, whole(image(tied), 3)),
    maximumGradient(notNumbers, specials),
  ],
  average_pool2d: [...averageCases(false), ...averageCases(true)],
  average_pool2d_grad: [...averageGradientCases(false), ...averageGradientCases(true)],
  global_average_pool2d: [
    ...globals.map(({ name, image }) => ({ name, inputs: [normal([BATCH, ...image])], reduction: 15 })),
    { name: "single pixels", inputs: [normal([BATCH, 5, 1, 1])] },
    { name: "large", inputs: [normal([BATCH, 33, 40, 41])], batch: 8, reduction: 1640, notDifferenced: LARGE },
  ],
  global_average_pool2d_grad: [
    ...globals.map(({ name, image }) => ({
      name,
      inputs: [normal([BATCH, image[0]])],
      attributes: { inputShape: image },
    })),
    { name: "single pixels", inputs: [normal([BATCH, 5])], attributes: { inputShape: [5, 1, 1] } },
    { name: "large", inputs: [normal([BATCH, 33])], batch: 8, attributes: { inputShape: [33, 40, 41] } },
  ],
};
