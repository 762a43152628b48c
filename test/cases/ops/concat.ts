// Cases of concat, slice and its gradient.
import { LARGE, normal, type OpCases } from "../op_case.js";

export const cases: OpCases = {
  concat: [
    { name: "two matrices", inputs: [normal([-1, 3]), normal([-1, 5])] },
    { name: "a single input", inputs: [normal([-1, 4])] },
    { name: "vector widths", inputs: [normal([-1, 8]), normal([-1, 1]), normal([-1, 16]), normal([-1, 7])] },
    { name: "images", inputs: [normal([-1, 2, 3, 4]), normal([-1, 5, 3, 4])] },
    { name: "three images", inputs: [normal([-1, 8, 2, 2]), normal([-1, 1, 2, 2]), normal([-1, 17, 2, 2])], batch: 1 },
    { name: "large", inputs: [normal([-1, 20, 30, 31]), normal([-1, 13, 30, 31])], batch: 8, notDifferenced: LARGE },
  ],
  slice: [
    { name: "the first column", inputs: [normal([-1, 5])], attributes: { start: 0, end: 1 } },
    { name: "the last columns", inputs: [normal([-1, 19])], attributes: { start: 2, end: 19 } },
    { name: "everything", inputs: [normal([-1, 5])], attributes: { start: 0, end: 5 } },
    { name: "channels of images", inputs: [normal([-1, 7, 3, 4])], attributes: { start: 2, end: 5 } },
    {
      name: "large",
      inputs: [normal([-1, 33, 30, 31])],
      attributes: { start: 3, end: 28 },
      batch: 8,
      notDifferenced: LARGE,
    },
  ],
  slice_grad: [
    { name: "the first column", inputs: [normal([-1, 1])], attributes: { start: 0, channels: 5 } },
    { name: "the last columns", inputs: [normal([-1, 17])], attributes: { start: 2, channels: 19 } },
    { name: "everything", inputs: [normal([-1, 5])], attributes: { start: 0, channels: 5 } },
    { name: "channels of images", inputs: [normal([-1, 3, 3, 4])], attributes: { start: 2, channels: 7 } },
    { name: "large", inputs: [normal([-1, 25, 30, 31])], attributes: { start: 3, channels: 33 }, batch: 8 },
  ],
};
