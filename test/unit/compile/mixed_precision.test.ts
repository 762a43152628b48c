// Which products of a training plan read their operands as bfloat16, and that nothing else changes.
import { describe, expect, it } from "vitest";
import { digitNetwork, priceNetwork } from "../../../examples/networks.js";
import { type CompileOptions, compile } from "../../../lib/compile/compile.js";
import type { Plan } from "../../../lib/compile/plan.js";
import { ArgumentError, PlanError } from "../../../lib/errors.js";
import { conv2d, dense, flatten, type Model, relu, residual, sequential, softmax } from "../../../lib/layers/index.js";
import { mse } from "../../../lib/losses/index.js";
import { opDefinition } from "../../../lib/ops/op.js";
import { sgd } from "../../../lib/optimizers/index.js";

const options = { loss: mse(), optimizer: sgd({ learningRate: 0.1 }), precision: "bf16" } as const;
const plansOf = (model: unknown, more: CompileOptions = {}) =>
  compile(model as Model, { ...options, ...more }).plans as Required<ReturnType<typeof compile>["plans"]>;

const rounded = (plan: Plan) =>
  plan.nodes.filter(({ attributes }) => attributes.precision === "bf16").map(({ label, op }) => `${label} ${op}`);
const three = (layer: string) => [`${layer} conv2d`, `${layer} conv2d_grad_weight`, `${layer} conv2d_grad_x`];
const products = (layer: string) => Array(3).fill(`${layer} matmul`);

describe("products in bfloat16", () => {
  it("are all of the digit network but those of the first and the last layer", () => {
    expect(rounded(plansOf(digitNetwork).train).sort()).toEqual([
      ...three("conv2d_2"),
      ...three("conv2d_3"),
      ...products("dense_1"),
      ...products("dense_2"),
    ]);
  });

  it("are the hidden layers of the price network", () => {
    expect(rounded(plansOf(priceNetwork).train).sort()).toEqual([
      ...products("dense_2"),
      ...products("dense_3"),
      ...products("dense_4"),
    ]);
  });

  it("are neither narrow nor of single channels", () => {
    const layers = [
      conv2d(16, { kernel: 3 }),
      conv2d(16, { kernel: 3, groups: 16 }),
      conv2d(7, { kernel: 3 }),
      conv2d(9, { kernel: 3 }),
      conv2d(10, { kernel: 1 }),
    ];
    const model = sequential([8, 12, 12], [...layers, flatten(), dense(2)]);
    expect(new Set(rounded(plansOf(model).train).map((text) => text.split(" ")[0]))).toEqual(
      new Set(["conv2d_1", "conv2d_5"]),
    );
  });

  it("are those before a sum of branches, on every branch", () => {
    const model = sequential([16], [residual([dense(16), relu(), dense(16)]), dense(12), relu(), dense(8), softmax()]);
    const layers = new Set(rounded(plansOf(model).train).map((text) => text.split(" ")[0]));
    const names = model.nodes.filter(({ layer }) => layer.kind === "dense").map(({ name }) => name);
    expect([...layers].sort()).toEqual(names.slice(0, -1).sort());
  });
});

describe("everything else", () => {
  it("is as without it: evaluation, prediction and the graph that is exported", () => {
    const plain = compile(digitNetwork as Model, { ...options, precision: "float32" });
    const mixed = compile(digitNetwork as Model, options);
    expect(mixed.plans.evaluate).toEqual(plain.plans.evaluate);
    expect(mixed.plans.predict).toEqual(plain.plans.predict);
    expect(mixed.forward).toEqual(plain.forward);
    // Temporaries differ: a product in float32 takes its relu along.
    const lasting = ({ plans }: typeof plain) => plans.train?.values.filter(({ role }) => role !== "temp");
    expect(lasting(mixed)).toEqual(lasting(plain));
    const products = ({ plans }: typeof plain) =>
      plans.train?.nodes.filter(({ op }) => /matmul|conv2d/.test(op)).length;
    expect(products(mixed)).toBe(products(plain));
  });

  it("float32 is what comes without the option", () => {
    const { precision: _, ...rest } = options;
    expect(compile(digitNetwork as Model, rest).plans).toEqual(plansOf(digitNetwork, { precision: "float32" }));
  });
});

describe("an unknown precision", () => {
  it("is refused with what there is", () => {
    const compiling = () => compile(digitNetwork as Model, { ...options, precision: "fp16" as "bf16" });
    expect(compiling).toThrow(ArgumentError);
    expect(compiling).toThrow('precision: expected "float32" or "bf16", found "fp16"; leave it out for float32');
  });

  it("is refused by the ops", () => {
    const type = { shape: [3, 3], dtype: "float32" } as const;
    const infer = () => opDefinition("matmul").infer([type, type], { ta: false, tb: false, precision: "half" });
    expect(infer).toThrow(PlanError);
    expect(infer).toThrow('matmul: attribute "precision" is "half", expected "float32" or "bf16"');
  });
});
