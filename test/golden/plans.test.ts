// Ladder 3: the plans of the two reference networks as text. `npx vitest run --project golden -u` writes them anew; read the difference.
import { describe, expect, it } from "vitest";
import { compile } from "../../lib/compile/compile.js";
import type { Mode } from "../../lib/compile/plan.js";
import { printPlan } from "../../lib/compile/print_plan.js";
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  gaussian,
  maxPool2d,
  relu,
  sequential,
  softmax,
  standardize,
} from "../../lib/layers/index.js";
import { gaussianNll, mse } from "../../lib/losses/index.js";
import { adam, sgd } from "../../lib/optimizers/index.js";

const block = (filters: number) => [conv2d(filters, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];

const networks = {
  usps: compile(
    sequential(
      [1, 16, 16],
      [
        ...block(32),
        ...block(64),
        ...block(128),
        dropout(0.25),
        flatten(),
        dense(100),
        relu(),
        dense(50),
        relu(),
        dense(10),
        softmax(),
      ],
    ),
    { loss: mse(), optimizer: sgd({ learningRate: 0.1 }) },
  ),
  houses: compile(
    sequential(
      [4],
      [
        standardize(),
        dense(100),
        relu(),
        dense(50),
        relu(),
        dense(25),
        relu(),
        dense(25),
        relu(),
        dense(2),
        gaussian(),
      ],
    ),
    { loss: gaussianNll(), optimizer: adam(), standardizeTargets: true },
  ),
};

describe.each(Object.entries(networks))("plans of %s", (name, { plans }) => {
  it.each(["train", "evaluate", "predict"] as Mode[])("%s", async (mode) => {
    const plan = plans[mode];
    expect(plan).toBeDefined();
    if (plan) await expect(printPlan(plan)).toMatchFileSnapshot(`${name}_${mode}.txt`);
  });
});
