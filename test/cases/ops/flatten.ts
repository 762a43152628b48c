// Cases of flatten and unflatten: a transpose natively, nothing where height and width or the channels are 1.
import { BATCH } from "../../../lib/errors.js";
import { LARGE, normal, type OpCase, type OpCases } from "../op_case.js";

const images: readonly (readonly [number, number, number])[] = [
  [3, 4, 5],
  [1, 4, 5],
  [7, 1, 1],
  [1, 1, 1],
  [8, 8, 8],
  [17, 3, 3],
  [2, 1, 33],
];

function both(
  case_: (image: readonly [number, number, number], size: number) => Pick<OpCase, "inputs" | "attributes">,
): OpCase[] {
  const size = (image: readonly number[]) => image.reduce((product, dimension) => product * dimension, 1);
  return [
    ...images.map((image) => ({ name: image.join("x"), ...case_(image, size(image)) })),
    { name: "one image", ...case_([3, 4, 5], 60), batch: 1 },
    { name: "large", ...case_([33, 30, 31], 33 * 30 * 31), batch: 8, notDifferenced: LARGE },
  ];
}

export const cases: OpCases = {
  flatten: both((image) => ({ inputs: [normal([BATCH, ...image])] })),
  unflatten: both((image, size) => ({ inputs: [normal([BATCH, size])], attributes: { shape: image } })),
};
