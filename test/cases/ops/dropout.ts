// Cases of dropout: the same bits in both languages, whatever the storage.
import { LARGE, LENGTHS, normal, type OpCases } from "../op_case.js";

const stream = 2166136261;

export const cases: OpCases = {
  dropout: [
    ...LENGTHS.map((n) => ({
      name: `${n} elements`,
      inputs: [normal([-1, n])],
      attributes: { rate: 0.5, stream },
      batch: 1,
    })),
    { name: "rows", inputs: [normal([-1, 7])], attributes: { rate: 0.3, stream: 5 } },
    { name: "images", inputs: [normal([-1, 3, 4, 5])], attributes: { rate: 0.25, stream } },
    { name: "a later step", inputs: [normal([-1, 33])], attributes: { rate: 0.5, stream }, step: 1234567 },
    { name: "nothing dropped", inputs: [normal([-1, 9])], attributes: { rate: 0, stream } },
    { name: "nearly all dropped", inputs: [normal([-1, 90])], attributes: { rate: 0.95, stream } },
    {
      name: "large",
      inputs: [normal([-1, 3001])],
      attributes: { rate: 0.1, stream },
      batch: 40,
      notDifferenced: LARGE,
    },
  ],
};
