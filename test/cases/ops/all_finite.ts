// Cases of all_finite: what its flag does to a step is tested with the runtime, here only that it is accepted.
import { LENGTHS, normal, type OpCases } from "../op_case.js";

export const cases: OpCases = {
  all_finite: LENGTHS.map((n) => ({ name: `${n} gradients`, inputs: [normal([]), normal([n])] })),
};
