// Random numbers are the same in both languages: initial values in any storage, and the order of a shuffled epoch.
import { expect, test } from "vitest";
import { assignArenas, finish } from "../../lib/compile/arenas.js";
import { Graph } from "../../lib/compile/graph.js";
import { initialValues } from "../../lib/compile/initialize.js";
import type { Initializer } from "../../lib/compile/plan.js";
import { BATCH } from "../../lib/errors.js";
import { shuffleOrder } from "../../lib/ops/rng.js";
import { loadNative } from "../../lib/runtime/native.js";

const native = loadNative();
const SEED = 2 ** 52 + 77;
const window = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };

const initializers: Record<string, Initializer> = {
  uniform: { kind: "uniform", low: -0.3, high: 0.7 },
  normal: { kind: "normal", mean: 0.1, deviation: 2 },
  constant: { kind: "constant", value: 0.1 },
};

for (const [kind, init] of Object.entries(initializers))
  test(`${kind} initial values, counted in the user's order whatever the storage`, () => {
    const g = new Graph();
    const weight = g.param("größe.weight", [5, 3, 2, 3], init);
    g.mark(g.op("conv2d", [g.input("input", [BATCH, 3, 4, 4]), weight], window), "output", "prediction");
    const session = new native.Session({ plans: { predict: finish(g, assignArenas(g)) }, seed: SEED, threads: 1 });
    const found = session.read("größe.weight");
    session.close();
    expect(found.shape).toEqual([5, 3, 2, 3]);
    const expected = initialValues(init, "größe.weight", [5, 3, 2, 3], SEED);
    // Logarithm and cosine may differ in the last place between mathematical libraries.
    for (const [i, value] of expected.entries())
      expect(Math.abs(found.data[i]! - value)).toBeLessThanOrEqual(2 ** -22 * Math.abs(value));
    if (kind !== "normal") expect([...found.data]).toEqual([...expected]);
  });

test("the rows of a shuffled epoch come in the order of shuffleOrder", async () => {
  // The state takes over the row of the last step: as many steps as rows show the whole order.
  const g = new Graph();
  const row = g.op("channel_sum", [g.input("input", [BATCH, 1])]);
  const last = g.state("last", [1], { kind: "constant", value: -1 });
  g.update("running_average", [last, row], [last], { momentum: 1 });
  const session = new native.Session({ plans: { train: finish(g, assignArenas(g)) }, seed: SEED, threads: 1 });
  const rows = 23;
  const input = Float32Array.from({ length: rows }, (_, i) => i);
  const dataset = new native.Dataset([{ name: "input", shape: [1], data: input }], rows);
  for (const epoch of [0, 3]) {
    const seen: number[] = [];
    for (let steps = 1; steps <= rows; steps++) {
      await session.runEpoch({ dataset, batchSize: 1, learningRates: new Float32Array(steps), epoch, shuffle: true });
      seen.push(session.read("last").data[0]!);
    }
    expect(seen).toEqual([...shuffleOrder(SEED, epoch, rows)]);
  }
  session.close();
  dataset.close();
});
