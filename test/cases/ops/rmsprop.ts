// Cases of the rmsprop update: lengths around the vector width and every option.
import { type CaseInput, clipped, LENGTHS, normal, type OpCase, type OpCases, uniform } from "../op_case.js";

const plain = { alpha: 0.99, epsilon: 1e-8, momentum: 0, centered: false, weightDecay: 0 };

function update(name: string, n: number, options: Partial<typeof plain>): OpCase {
  const attributes = { ...plain, ...options };
  // Squares stay above the square of the mean, as they do in training.
  const slots: CaseInput[] = [uniform([n], 0.5, 2)];
  if (attributes.centered) slots.push(uniform([n], -0.5, 0.5));
  if (attributes.momentum !== 0) slots.push(normal([n]));
  return { name, inputs: [normal([n]), normal([n]), ...slots], attributes, step: 3 };
}

export const cases: OpCases = {
  rmsprop: [
    ...LENGTHS.map((n) => update(`${n} parameters`, n, {})),
    ...LENGTHS.map((n) => update(`${n} parameters, centered with momentum`, n, { centered: true, momentum: 0.9 })),
    update("centered", 20, { centered: true }),
    update("momentum", 20, { momentum: 0.9 }),
    update("weight decay", 20, { weightDecay: 0.1 }),
    update("large", 300007, { momentum: 0.9 }),
    ...LENGTHS.map((n) => clipped(update(`${n} parameters, clipped`, n, {}))),
    clipped(update("clipping not reached", 20, { weightDecay: 0.1 }), false),
    clipped(update("clipped before weight decay", 20, { weightDecay: 0.1 })),
    clipped(update("clipped, centered", 20, { centered: true })),
    clipped(update("clipped, momentum", 20, { momentum: 0.9 })),
    clipped(update("clipped, centered with momentum", 20, { centered: true, momentum: 0.9 })),
    clipped(update("clipped, large", 300007, { momentum: 0.9 })),
  ],
};
