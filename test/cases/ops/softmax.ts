// Cases of softmax and its gradient.
import { EXTREMES, LARGE, LENGTHS, normal, type OpCases, probabilities, uniform, values } from "../op_case.js";

export const cases: OpCases = {
  softmax: [
    ...LENGTHS.map((c) => ({ name: `${c} classes`, inputs: [normal([-1, c], 0, 3)], reduction: c })),
    { name: "one row", inputs: [normal([-1, 10])], batch: 1, reduction: 10 },
    {
      name: "large scores",
      inputs: [uniform([-1, 10], -90, 90)],
      reduction: 10,
      notDifferenced: "most gradients vanish in rounding",
    },
    {
      name: "ends of float32",
      inputs: [values([-1, 4], 3e38, -3e38, 0, 1)],
      batch: 1,
      reduction: 4,
      notDifferenced: EXTREMES,
    },
    { name: "large", inputs: [normal([-1, 130])], batch: 500, reduction: 130, notDifferenced: LARGE },
  ],
  softmax_grad: [
    ...LENGTHS.map((c) => ({ name: `${c} classes`, inputs: [normal([-1, c]), probabilities([-1, c])], reduction: c })),
    { name: "large", inputs: [normal([-1, 130]), probabilities([-1, 130])], batch: 500, reduction: 130 },
  ],
};
