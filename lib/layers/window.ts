// Windows that slide over images: kernel, stride and padding of convolution and pooling.
import { ShapeError } from "../errors.js";
import { isWhole, type Option } from "../options.js";

/** A size for both axes, or `[vertical, horizontal]`. */
export type Size = number | readonly [number, number];

/**
 * - `"valid"`: none
 * - `"same"`: the output is the input's size divided by the stride, rounded up; an odd pixel goes to the bottom and right (ONNX SAME_UPPER)
 * - numbers: on every side, `[vertical, horizontal]`, or `[top, left, bottom, right]`
 */
export type Padding = "same" | "valid" | number | readonly [number, number] | readonly [number, number, number, number];

/** As kept in a spec. */
export type KeptPadding = "same" | readonly [number, number, number, number];

/** The option `padding`; kept as `"same"` or four numbers. */
export const paddingOption: Option = {
  expected: '"same", "valid", a whole number, [vertical, horizontal] or [top, left, bottom, right]',
  parse(value) {
    if (value === "same") return value;
    const sides = value === "valid" ? [0] : isWhole(value) ? [value] : value;
    if (!Array.isArray(sides) || !sides.every((side) => isWhole(side) && side >= 0)) return undefined;
    const [a, b] = sides;
    if (sides.length === 1) return [a, a, a, a];
    if (sides.length === 2) return [a, b, a, b];
    return sides.length === 4 ? [...sides] : undefined;
  },
  default: "valid",
};

export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: KeptPadding;
  readonly dilation?: readonly [number, number];
}

/** `[top, left, bottom, right]` for an image of the given height and width; throws when the window does not fit into it. */
export function windowPadding(
  height: number,
  width: number,
  { kernel, stride, padding, dilation = [1, 1] }: Window,
): number[] {
  const extents = kernel.map((size, axis) => (dilation[axis] as number) * (size - 1) + 1) as [number, number];
  if (padding === "same") {
    const vertical = samePadding(height, extents[0], stride[0]);
    const horizontal = samePadding(width, extents[1], stride[1]);
    return [vertical[0], horizontal[0], vertical[1], horizontal[1]];
  }
  const [top, left, bottom, right] = padding;
  if (height + top + bottom < extents[0] || width + left + right < extents[1])
    throw new ShapeError(
      `expects an image that holds its window of ${extents.join(" x ")}, got ${height} x ${width} with padding [${padding.join(", ")}]; ` +
        `use padding: "same", a smaller window or fewer layers that shrink the image`,
    );
  return [...padding];
}

function samePadding(size: number, extent: number, stride: number): [number, number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
