// Cases of the sgd update: lengths around the vector width, first and later steps, every option.
import { clipped, LENGTHS, normal, type OpCase, type OpCases } from "../op_case.js";

const plain = { momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 };

function update(name: string, n: number, options: Partial<typeof plain>, step = 3): OpCase {
  const attributes = { ...plain, ...options };
  const slots = attributes.momentum === 0 ? [] : [normal([n])];
  return { name, inputs: [normal([n]), normal([n]), ...slots], attributes, step };
}

export const cases: OpCases = {
  sgd: [
    ...LENGTHS.map((n) => update(`${n} parameters`, n, {})),
    ...LENGTHS.map((n) => update(`${n} parameters, momentum`, n, { momentum: 0.9 })),
    update("weight decay", 20, { weightDecay: 0.1 }),
    update("first step of momentum", 20, { momentum: 0.9, dampening: 0.5 }, 0),
    update("dampening", 20, { momentum: 0.9, dampening: 0.5 }),
    update("nesterov", 20, { momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    update("large", 300007, { momentum: 0.9 }),
    ...LENGTHS.map((n) => clipped(update(`${n} parameters, clipped`, n, {}))),
    clipped(update("clipping not reached", 20, { weightDecay: 0.1 }), false),
    clipped(update("clipped before weight decay", 20, { weightDecay: 0.1 })),
    clipped(update("clipped, momentum", 20, { momentum: 0.9, dampening: 0.5 })),
    clipped(update("clipped, first step of momentum", 20, { momentum: 0.9, dampening: 0.5 }, 0)),
    clipped(update("clipped, nesterov", 20, { momentum: 0.9, nesterov: true, weightDecay: 0.01 })),
    clipped(update("clipping not reached, momentum", 20, { momentum: 0.9 }), false),
    clipped(update("clipped, large", 300007, { momentum: 0.9 })),
  ],
};
