// The memory of a step is what its values need at once, on the networks whose speed is measured; summary() says so.
import { expect, test } from "vitest";
import { networks } from "../../bench/networks.js";
import { Engine } from "../../lib/runtime/engine.js";
import { Trainer } from "../../lib/runtime/trainer.js";

const sizes = { usps: [1, 10, 64, 256], houses: [1, 64], resnet20: [8, 128] } as const;

for (const [name, { model, options }] of Object.entries(networks))
  for (const batch of sizes[name as keyof typeof sizes])
    for (const mode of ["train", "predict"] as const)
      test(`${name}, ${mode} at batch ${batch}: within a tenth of what is alive at once`, () => {
        const engine = new Engine(model, options);
        const { activationBytes, lowerBoundBytes } = engine.session().memory(mode, batch);
        engine.close();
        expect(lowerBoundBytes).toBeGreaterThan(0);
        expect(activationBytes).toBeGreaterThanOrEqual(lowerBoundBytes);
        expect(activationBytes).toBeLessThanOrEqual(1.1 * lowerBoundBytes);
      });

test("summary() prints the memory, the lower bound, their ratio and the steps in place", () => {
  using trainer = new Trainer(networks.usps.model, networks.usps.options);
  // 149,980 parameters, in places of 64 bytes, and as many gradients; plain SGD keeps nothing.
  expect(trainer.summary()).toContain("1.15 MB for parameters, gradients and optimizer");
  expect(trainer.summary({ batchSize: 64 })).toMatch(
    /[\d.]+ MB for activations of a training step with batch 64\n {2}1\.0\d times the least that lifetimes allow, [\d.]+ MB; [1-9]\d* of \d+ kernels write over their input$/,
  );
});
