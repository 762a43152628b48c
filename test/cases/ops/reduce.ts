// Cases of channel_sum.
import { LARGE, LENGTHS, normal, type OpCases } from "../op_case.js";

export const cases: OpCases = {
  channel_sum: [
    ...LENGTHS.map((c) => ({ name: `${c} columns`, inputs: [normal([-1, c])], reduction: 3 })),
    ...LENGTHS.map((batch) => ({ name: `${batch} rows`, inputs: [normal([-1, 6])], batch, reduction: batch })),
    { name: "images", inputs: [normal([-1, 5, 3, 4])], reduction: 36 },
    { name: "images of 17 channels", inputs: [normal([-1, 17, 5, 7])], reduction: 105 },
    { name: "single pixels", inputs: [normal([-1, 9, 1, 1])], reduction: 3 },
    { name: "no batch", inputs: [normal([4, 5])], reduction: 4 },
    { name: "large", inputs: [normal([-1, 33, 40, 40])], batch: 8, reduction: 12800, notDifferenced: LARGE },
    { name: "large matrix", inputs: [normal([-1, 300])], batch: 700, reduction: 700, notDifferenced: LARGE },
  ],
};
