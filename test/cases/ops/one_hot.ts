// Cases of one_hot.
import { classes, type OpCases } from "../op_case.js";

const outside = {
  shape: [-1],
  draw: { kind: "values", values: [0, 3, -1, 2, 2147483647, -2147483648] },
  dtype: "int32",
} as const;

export const cases: OpCases = {
  one_hot: [
    ...[1, 2, 7, 8, 9, 17].map((n) => ({
      name: `${n} classes`,
      inputs: [classes([-1], n)],
      attributes: { classes: n },
      batch: 5,
    })),
    { name: "one row", inputs: [classes([-1], 10)], attributes: { classes: 10 }, batch: 1 },
    { name: "labels out of range give NaN", inputs: [outside], attributes: { classes: 3 }, batch: 6 },
    { name: "large", inputs: [classes([-1], 100)], attributes: { classes: 100 }, batch: 4000 },
  ],
};
