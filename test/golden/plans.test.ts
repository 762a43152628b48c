// Ladder 3: the plans of the two reference networks as text. `npx vitest run --project golden -u` writes them anew; read the difference.
import { describe, expect, it } from "vitest";
import { compile } from "../../lib/compile/compile.js";
import type { Mode } from "../../lib/compile/plan.js";
import { printPlan } from "../../lib/compile/print_plan.js";
import { digitNetwork, priceAndSigmaNetwork } from "../../examples/networks.js";
import { gaussianNll, mse } from "../../lib/losses/index.js";
import { adam, sgd } from "../../lib/optimizers/index.js";

const networks = {
  usps: compile(digitNetwork, { loss: mse(), optimizer: sgd({ learningRate: 0.1 }) }),
  houses: compile(priceAndSigmaNetwork, { loss: gaussianNll(), optimizer: adam(), standardizeTargets: true }),
};

describe.each(Object.entries(networks))("plans of %s", (name, { plans }) => {
  it.each(["train", "evaluate", "predict"] as Mode[])("%s", async (mode) => {
    const plan = plans[mode];
    expect(plan).toBeDefined();
    if (plan) await expect(printPlan(plan)).toMatchFileSnapshot(`${name}_${mode}.txt`);
  });
});
