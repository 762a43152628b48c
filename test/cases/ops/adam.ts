// Cases of the adam update: lengths around the vector width, bias correction of early and late steps, both weight decays.
import { clipped, LENGTHS, normal, type OpCase, type OpCases, uniform } from "../op_case.js";

const plain = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };

function update(name: string, n: number, options: Partial<typeof plain>, step = 3): OpCase {
  return {
    name,
    inputs: [normal([n]), normal([n]), normal([n]), uniform([n], 0.5, 2)],
    attributes: { ...plain, ...options },
    step,
  };
}

export const cases: OpCases = {
  adam: [
    ...LENGTHS.map((n) => update(`${n} parameters`, n, {})),
    update("first step", 20, {}, 0),
    update("late step", 20, {}, 100000),
    update("weight decay", 20, { weightDecay: 0.1 }),
    update("decoupled weight decay", 20, { weightDecay: 0.1, decoupled: true }),
    update("large", 100003, { weightDecay: 0.01, decoupled: true }),
    ...LENGTHS.map((n) => clipped(update(`${n} parameters, clipped`, n, {}))),
    clipped(update("clipping not reached", 20, { weightDecay: 0.1 }), false),
    clipped(update("clipped before weight decay", 20, { weightDecay: 0.1 })),
    clipped(update("clipped, decoupled weight decay", 20, { weightDecay: 0.1, decoupled: true })),
    clipped(update("clipped, large", 100003, {})),
  ],
};
