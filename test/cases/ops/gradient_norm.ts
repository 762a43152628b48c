// Cases of gradient_norm: lengths around the vector width, several blocks, and squares that leave float32 at either end.
import { LENGTHS, normal, type OpCase, type OpCases, uniform, values } from "../op_case.js";

const of = (name: string, ...inputs: OpCase["inputs"]): OpCase => ({ name, inputs });

export const cases: OpCases = {
  gradient_norm: [
    ...LENGTHS.map((n) => of(`${n} gradients`, normal([n]))),
    of("a block and one", normal([1025])),
    of("large", normal([300007], 0.5)),
    of("zeros", values([5], 0, 0, 0, 0, 0)),
    of("squares beyond float32", uniform([3000], -1e30, 1e30)),
    of("one square beyond float32", values([4], 1, -3e38, 2, 5)),
    of("a norm beyond float32", values([2], 3e38, -3e38)),
    of("small", normal([3000], 0, 1e-12)),
  ],
};
