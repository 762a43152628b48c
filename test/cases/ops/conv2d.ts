// Cases of conv2d and its gradients: one list of geometries serves the three.
import { BATCH, type Shape } from "../../../lib/errors.js";
import { AFTER_DIFFERENTIATION, type CaseInput, inBf16, LARGE, normal, type OpCase, type OpCases } from "../op_case.js";

interface Geometry {
  readonly name: string;
  /** Of the input without batch: [channels, height, width]. */
  readonly image: readonly [number, number, number];
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  readonly groups?: number;
  readonly batch?: number;
  readonly large?: boolean;
}

const geometries: readonly Geometry[] = [
  { name: "one pixel", image: [1, 1, 1], filters: 1, kernel: [1, 1], batch: 1 },
  { name: "3x3", image: [3, 5, 6], filters: 4, kernel: [3, 3] },
  { name: "3x3 same", image: [3, 5, 6], filters: 5, kernel: [3, 3], padding: [1, 1, 1, 1] },
  { name: "first layer", image: [1, 8, 8], filters: 8, kernel: [3, 3], padding: [1, 1, 1, 1] },
  ...[7, 8, 9, 15, 16, 17, 31, 33].map((filters) => ({
    name: `${filters} filters`,
    image: [2, 4, 5] as const,
    filters,
    kernel: [3, 3] as const,
    padding: [1, 1, 1, 1] as const,
  })),
  ...[7, 8, 9, 16, 17].map((channels) => ({
    name: `${channels} channels`,
    image: [channels, 4, 3] as const,
    filters: 3,
    kernel: [3, 3] as const,
    padding: [1, 1, 1, 1] as const,
  })),
  ...[1, 2, 7, 8, 9, 17].map((width) => ({
    name: `width ${width}`,
    image: [2, 3, width] as const,
    filters: 4,
    kernel: [3, 3] as const,
    padding: [1, 1, 1, 1] as const,
  })),
  { name: "1x1 kernel", image: [5, 4, 4], filters: 7, kernel: [1, 1] },
  { name: "1x1 kernel, stride 2", image: [5, 5, 4], filters: 7, kernel: [1, 1], stride: [2, 2] },
  { name: "kernel as large as the image", image: [3, 4, 5], filters: 6, kernel: [4, 5] },
  { name: "even kernel", image: [2, 6, 7], filters: 3, kernel: [2, 4] },
  { name: "5x5 same", image: [2, 6, 7], filters: 3, kernel: [5, 5], padding: [2, 2, 2, 2] },
  { name: "stride 2", image: [3, 7, 8], filters: 4, kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  { name: "stride 2x3, nothing padded", image: [3, 8, 9], filters: 4, kernel: [3, 2], stride: [2, 3] },
  { name: "stride larger than the kernel", image: [2, 7, 7], filters: 3, kernel: [2, 2], stride: [3, 3] },
  { name: "uneven padding", image: [3, 5, 5], filters: 4, kernel: [3, 3], padding: [0, 1, 2, 3] },
  {
    name: "SAME_UPPER of stride 2",
    image: [3, 6, 6],
    filters: 4,
    kernel: [3, 3],
    stride: [2, 2],
    padding: [0, 0, 1, 1],
  },
  { name: "padding wider than the image", image: [2, 2, 2], filters: 3, kernel: [3, 3], padding: [3, 3, 3, 3] },
  { name: "dilation 2", image: [3, 7, 8], filters: 4, kernel: [3, 3], padding: [2, 2, 2, 2], dilation: [2, 2] },
  { name: "dilation 1x3, stride 2", image: [2, 7, 9], filters: 3, kernel: [3, 3], stride: [2, 2], dilation: [1, 3] },
  { name: "two groups", image: [6, 5, 5], filters: 4, kernel: [3, 3], padding: [1, 1, 1, 1], groups: 2 },
  { name: "three wide groups", image: [9, 4, 4], filters: 27, kernel: [3, 3], padding: [1, 1, 1, 1], groups: 3 },
  { name: "depthwise", image: [9, 5, 5], filters: 9, kernel: [3, 3], padding: [1, 1, 1, 1], groups: 9 },
  {
    name: "depthwise, 17 channels, stride 2",
    image: [17, 6, 5],
    filters: 17,
    kernel: [3, 3],
    stride: [2, 2],
    groups: 17,
  },
  { name: "depthwise with multiplier", image: [4, 5, 5], filters: 8, kernel: [3, 3], groups: 4 },
  {
    name: "grouped, dilated and strided",
    image: [4, 9, 9],
    filters: 6,
    kernel: [3, 3],
    stride: [2, 1],
    dilation: [2, 2],
    groups: 2,
  },
  { name: "batch 1", image: [3, 6, 6], filters: 5, kernel: [3, 3], padding: [1, 1, 1, 1], batch: 1 },
  { name: "batch 17", image: [2, 4, 4], filters: 5, kernel: [3, 3], padding: [1, 1, 1, 1], batch: 17 },
  // Large enough for Winograd's kernels; channels and filters that fill vectors or not, tiles that leave the image.
  ...(
    [
      ["same", [32, 8, 8], 64, [1, 1, 1, 1], 7],
      ["odd size", [48, 9, 11], 40, [1, 1, 1, 1], 3],
      ["not padded", [33, 10, 7], 52, [0, 0, 0, 0], 4],
      ["uneven padding", [47, 5, 12], 36, [0, 2, 1, 0], 5],
      ["wide padding", [40, 6, 6], 43, [2, 2, 2, 2], 2],
      ["batch 1", [64, 12, 12], 64, [1, 1, 1, 1], 1],
      ["several blocks of tiles", [32, 16, 16], 32, [1, 1, 1, 1], 6],
    ] as const
  ).map(([name, image, filters, padding, batch]) => ({
    name: `3x3, many channels, ${name}`,
    image,
    filters,
    kernel: [3, 3] as const,
    padding,
    batch,
    large: true,
  })),
  { name: "large", image: [32, 16, 16], filters: 48, kernel: [3, 3], padding: [1, 1, 1, 1], batch: 6, large: true },
  { name: "large, stride 2", image: [20, 23, 17], filters: 33, kernel: [5, 3], stride: [2, 2], batch: 9, large: true },
  { name: "large, 1x1 kernel", image: [64, 20, 20], filters: 70, kernel: [1, 1], batch: 4, large: true },
  // Blocks of columns of the weight gradient that lie wholly beside the image, on each side.
  {
    name: "more padding than image at the right",
    image: [1, 2, 300],
    filters: 16,
    kernel: [1, 3],
    padding: [0, 0, 0, 350],
    batch: 2,
    large: true,
  },
  {
    name: "more padding than image at both sides",
    image: [1, 1, 600],
    filters: 64,
    kernel: [1, 3],
    padding: [0, 300, 0, 300],
    batch: 1,
    large: true,
  },
  { name: "large, first layer", image: [1, 28, 28], filters: 32, kernel: [5, 5], batch: 20, large: true },
  {
    name: "large, depthwise",
    image: [40, 24, 25],
    filters: 40,
    kernel: [3, 3],
    padding: [1, 1, 1, 1],
    groups: 40,
    batch: 6,
    large: true,
  },
  {
    name: "large, grouped and dilated",
    image: [24, 20, 20],
    filters: 36,
    kernel: [3, 3],
    padding: [2, 2, 2, 2],
    dilation: [2, 2],
    groups: 3,
    batch: 6,
    large: true,
  },
];

/** Tails of tiles of 32 x 32 x 32 in all directions, and every way in which rows are found. */
const ROUNDED_GEOMETRIES = [
  "one pixel",
  "3x3 same",
  "first layer",
  "33 filters",
  "17 channels",
  "width 1",
  "1x1 kernel",
  "even kernel",
  "stride 2",
  "stride larger than the kernel",
  "uneven padding",
  "padding wider than the image",
  "dilation 1x3, stride 2",
  "three wide groups",
  "depthwise",
  "batch 1",
  "batch 17",
  "large",
  "large, stride 2",
  "large, 1x1 kernel",
];

/** The cases, and some of them in bfloat16. */
function withRounded(list: readonly OpCase[]): OpCase[] {
  const named = ({ name }: OpCase) => ROUNDED_GEOMETRIES.includes(name.replace(/ \+ bias$/, ""));
  return [...list, ...list.filter(named).map(inBf16)];
}

interface Parts {
  readonly input: CaseInput;
  readonly weight: CaseInput;
  readonly dy: CaseInput;
  readonly attributes: NonNullable<OpCase["attributes"]>;
  readonly lengths: { readonly forward: number; readonly input: number; readonly weight: number };
}

function parts(geometry: Geometry): Parts {
  const {
    image,
    filters,
    kernel,
    stride = [1, 1],
    padding = [0, 0, 0, 0],
    dilation = [1, 1],
    groups = 1,
    batch = 3,
  } = geometry;
  const extent = (axis: 0 | 1) =>
    Math.floor(
      (image[axis + 1]! + padding[axis] + padding[axis + 2]! - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis],
    ) + 1;
  const output: Shape = [filters, extent(0), extent(1)];
  const taps = kernel[0] * kernel[1];
  return {
    input: normal([BATCH, ...image]),
    weight: normal([filters, image[0] / groups, ...kernel]),
    dy: normal([BATCH, ...output]),
    attributes: { stride, padding, dilation, groups },
    lengths: {
      forward: (image[0] / groups) * taps,
      input: (filters / groups) * taps,
      weight: batch * output[1]! * output[2]!,
    },
  };
}

function common({ name, batch = 3, large }: Geometry): Pick<OpCase, "name" | "batch" | "notDifferenced"> {
  return { name, batch, ...(large === true && { notDifferenced: LARGE }) };
}

/** As the fusion pass makes it: a stored normalisation and a relu in the stores. */
function fused(geometry: Geometry): OpCase {
  const { input, weight, attributes, lengths } = parts(geometry);
  const vector = normal([geometry.filters]);
  return {
    ...common(geometry),
    name: `${geometry.name} x factor + bias, relu`,
    inputs: [input, weight, vector, vector],
    attributes: { ...attributes, activation: "relu" },
    reduction: lengths.forward,
    notDifferenced: AFTER_DIFFERENTIATION,
  };
}

export const cases: OpCases = {
  conv2d: withRounded(
    geometries.flatMap((geometry) => {
      const { input, weight, attributes, lengths } = parts(geometry);
      const plain = { ...common(geometry), inputs: [input, weight], attributes, reduction: lengths.forward };
      return [
        plain,
        { ...plain, name: `${geometry.name} + bias`, inputs: [input, weight, normal([geometry.filters])] },
      ];
    }),
  ).concat(geometries.map(fused)),
  conv2d_grad_x: withRounded(
    geometries.map((geometry) => {
      const { weight, dy, attributes, lengths } = parts(geometry);
      return {
        ...common(geometry),
        inputs: [dy, weight],
        attributes: { ...attributes, inputShape: geometry.image },
        reduction: lengths.input,
      };
    }),
  ),
  conv2d_grad_weight: withRounded(
    geometries.map((geometry) => {
      const { input, dy, attributes, lengths } = parts(geometry);
      return {
        ...common(geometry),
        inputs: [input, dy],
        attributes: { ...attributes, kernel: geometry.kernel },
        reduction: lengths.weight,
      };
    }),
  ),
};
