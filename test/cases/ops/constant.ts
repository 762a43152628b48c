// Cases of constant.
import type { OpCases } from "../op_case.js";

export const cases: OpCases = {
  constant: [1, 0, -2.5].map((value) => ({ name: String(value), inputs: [], attributes: { value } })),
};
