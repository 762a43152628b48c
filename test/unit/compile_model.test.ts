// compile(): which targets, losses, metrics and heads go together, what is reported, and in which units.
import { describe, expect, it } from "vitest";
import { type CompileOptions, compile } from "../../lib/compile/compile.js";
import { evaluate } from "../../lib/compile/reference.js";
import type { Plan } from "../../lib/compile/plan.js";
import { ArgumentError, ShapeError } from "../../lib/errors.js";
import {
  conv2d,
  dense,
  dropout,
  gaussian,
  type LayerSpec,
  type Model,
  relu,
  sequential,
  softmax,
  standardize,
} from "../../lib/layers/index.js";
import { crossEntropy, gaussianNll, mse } from "../../lib/losses/index.js";
import { adam, sgd } from "../../lib/optimizers/index.js";

const define = (shape: number[], layers: LayerSpec[]): Model => sequential(shape, layers);
const classifier = define([4], [dense(5), relu(), dense(3), softmax()]);
const scores = define([4], [dense(5), relu(), dense(3)]);
const regressor = define([4], [standardize(), dense(5), relu(), dense(2)]);
const likelihood = define([4], [dense(5), relu(), dense(4), gaussian()]);

const roles = (plan: Plan | undefined, role: string) =>
  plan?.values.filter((value) => value.role === role).map(({ name }) => name);
const classes = (count: number) => ({ kind: "classes", classes: count }) as const;
const values = (...shape: number[]) => ({ kind: "values", shape }) as const;

describe("plans", () => {
  it("come with what is needed for them", () => {
    expect(Object.keys(compile(classifier).plans)).toEqual(["predict"]);
    expect(Object.keys(compile(classifier, { loss: mse() }).plans)).toEqual(["predict", "evaluate"]);
    expect(Object.keys(compile(classifier, { loss: mse(), optimizer: adam() }).plans)).toEqual([
      "predict",
      "evaluate",
      "train",
    ]);
  });

  it.each([
    [classifier, mse(), ["probabilities"], [-1, 3]],
    [scores, crossEntropy(), ["output"], [-1, 3]],
    [regressor, mse(), ["output"], [-1, 2]],
    [likelihood, gaussianNll(), ["mean", "sigma"], [-1, 2]],
  ])("name their outputs", (model, loss, names, shape) => {
    const { outputs, plans, forward } = compile(model, { loss });
    expect(outputs).toEqual(names.map((name) => ({ name, shape })));
    expect(roles(plans.predict, "output")).toEqual(names);
    expect(forward.values.filter(({ role }) => role === "output").map(({ name }) => name)).toEqual(names);
  });

  it("hand an input on when nothing computes", () => {
    const { plans } = compile(define([3], [dropout(0.5)]));
    const found = evaluate(plans.predict as Plan, { batch: 1, values: { input: [1, 2, 3] } });
    expect([...(found.output ?? [])]).toEqual([1, 2, 3]);
  });

  it("are the same each time and JSON as they stand", () => {
    const options: CompileOptions = { loss: gaussianNll(), optimizer: adam(), standardizeTargets: true };
    const { plans } = compile(likelihood, options);
    expect(compile(likelihood, options).plans).toEqual(plans);
    expect(JSON.parse(JSON.stringify(plans))).toEqual(plans);
  });
});

describe("targets", () => {
  it.each([
    [classifier, {}, classes(3), { name: "target", shape: [-1], dtype: "int32" }],
    [scores, { loss: crossEntropy() }, classes(3), { name: "target", shape: [-1], dtype: "int32" }],
    [scores, {}, values(3), { name: "target", shape: [-1, 3], dtype: "float32" }],
    [likelihood, { loss: gaussianNll() }, values(2), { name: "target", shape: [-1, 2], dtype: "float32" }],
    [scores, { targetKind: classes(3) }, classes(3), { name: "target", shape: [-1], dtype: "int32" }],
    [
      classifier,
      { targetKind: values(3), loss: crossEntropy() },
      values(3),
      { name: "target", shape: [-1, 3], dtype: "float32" },
    ],
  ] as [Model, CompileOptions, unknown, unknown][])(
    "are taken from model, loss and data: case %#",
    (model, options, target, targetInput) => {
      expect(compile(model, { loss: mse(), ...options })).toMatchObject({ target, targetInput });
    },
  );

  it("are absent without a loss", () => {
    expect(compile(classifier)).not.toHaveProperty("target");
    expect(compile(classifier)).not.toHaveProperty("targetInput");
  });
});

describe("metrics", () => {
  it("are accuracy for classes, rmse and mae otherwise", () => {
    expect(compile(classifier, { loss: mse() }).metricNames).toEqual(["accuracy"]);
    expect(compile(regressor, { loss: mse() }).metricNames).toEqual(["rmse", "mae"]);
    expect(compile(likelihood, { loss: gaussianNll() }).metricNames).toEqual(["rmse", "mae"]);
  });

  it("are finished from means over all rows, and share what is the same computation", () => {
    const { plans, finish } = compile(regressor, {
      loss: mse(),
      optimizer: adam(),
      metrics: ["rmse", "mse", "mae", "mse"],
    });
    for (const plan of [plans.train, plans.evaluate]) expect(roles(plan, "metric")).toEqual(["loss", "mae"]);
    expect(finish({ loss: 9, mae: 2 }, 7)).toEqual({ loss: 9, metrics: { rmse: 3, mse: 9, mae: 2 } });
  });

  it("count accuracy in whole rows, whatever float32 made of the shares of batches", () => {
    const { finish } = compile(classifier, { loss: crossEntropy() });
    expect(finish({ loss: 1, accuracy: Math.fround(0.7) }, 10).metrics).toEqual({ accuracy: 0.7 });
  });

  it("take the logits for nll and the probabilities for mse", () => {
    const { plans } = compile(classifier, { loss: crossEntropy(), metrics: ["nll", "mse", "accuracy"] });
    expect(roles(plans.evaluate, "metric")).toEqual(["loss", "mse", "accuracy"]);
  });
});

describe("standardized targets", () => {
  const MEAN = [300, -7];
  const DEVIATION = [50, 0.5];
  const input = [0.1, 0.5, -0.3, 1, -1, 0.2, 0.4, -0.6];
  const target = [320, -6.5, 250, -7.25];
  const states = { "target.mean": MEAN, "target.deviation": DEVIATION };

  it("are declared with the names of their states", () => {
    const { targetScaling, inputScaling } = compile(regressor, { loss: mse(), standardizeTargets: true });
    expect(targetScaling).toEqual({ mean: "target.mean", deviation: "target.deviation" });
    expect(inputScaling).toEqual({ mean: "standardize_1.mean", deviation: "standardize_1.deviation" });
    expect(compile(classifier, { loss: mse() })).not.toHaveProperty("targetScaling");
    expect(compile(classifier, { loss: mse() })).not.toHaveProperty("inputScaling");
  });

  it.each([
    ["mse", regressor, mse()],
    ["gaussianNll", likelihood, gaussianNll()],
  ])("train on scaled targets and report %s in their own units", (_name, model, loss) => {
    const options = { loss, optimizer: sgd({ learningRate: 0.1 }) };
    const scaled = compile(model, { ...options, standardizeTargets: true }).plans;
    const plain = compile(model, options).plans;
    const scaledTarget = target.map((value, i) => (value - (MEAN[i % 2] as number)) / (DEVIATION[i % 2] as number));
    const run = (plan: Plan | undefined, given: Record<string, number[]>) =>
      evaluate(plan as Plan, { batch: 2, values: { input, ...given }, seed: 3 });
    const trained = run(scaled.train, { target, ...states });
    const reference = run(plain.train, { target: scaledTarget });
    // Gradients are those of the loss on scaled targets.
    for (const name of Object.keys(reference).filter((key) => key.endsWith(".gradient")))
      for (const [i, value] of (reference[name] as Float64Array).entries())
        expect(trained[name]?.[i]).toBeCloseTo(value, 9);
    // What is reported is computed by hand from predictions in the target's units.
    const predicted = run(scaled.predict, states);
    const means = (predicted.output ?? predicted.mean) as Float64Array;
    const errors = target.map((value, i) => (value - (means[i] as number)) ** 2);
    const expected =
      loss.kind === "mse"
        ? errors.reduce((sum, error) => sum + error, 0) / 4
        : errors.reduce((sum, error, i) => {
            const variance = (predicted.sigma?.[i] as number) ** 2;
            return sum + 0.5 * (Math.log(2 * Math.PI * variance) + error / variance);
          }, 0) / 2;
    for (const plan of [scaled.train, scaled.evaluate])
      expect(run(plan, { target, ...states }).loss?.[0]).toBeCloseTo(expected, 8);
  });
});

describe("cross-entropy", () => {
  it("has the same gradients with and without the head", () => {
    const options = { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.1 }) };
    const job = { batch: 2, values: { input: [1, 2, 3, 4, -1, 0, 1, 2], target: [2, 0] }, seed: 5 };
    const [withHead, without] = [classifier, scores].map((model) =>
      evaluate(compile(model, options).plans.train as Plan, job),
    );
    const names = Object.keys(withHead ?? {}).filter((name) => name.endsWith(".gradient"));
    expect(names).toHaveLength(4);
    for (const name of names) expect(withHead?.[name]).toEqual(without?.[name]);
  });

  it("smooths its targets in training and evaluation, never those of the metrics", () => {
    const smoothing = { loss: crossEntropy({ labelSmoothing: 0.3 }), optimizer: sgd({ learningRate: 0.1 }) };
    const { plans } = compile(classifier, { ...smoothing, metrics: ["nll", "accuracy"] });
    const plain = compile(classifier, { loss: crossEntropy(), metrics: ["nll", "accuracy"] }).plans.evaluate as Plan;
    const input = [1, 2, 3, 4, -1, 0, 1, 2];
    const run = (plan: Plan, target: number[]) => evaluate(plan, { batch: 2, values: { input, target }, seed: 5 });
    const parts = roles(plans.evaluate, "metric") as string[];
    expect(parts).toHaveLength(3);
    // The mean over all labels is what a target spread over all classes gives.
    const target = [2, 0];
    const spread = [0, 1, 2].map((label) => run(plain, [label, label]).loss?.[0] as number);
    const expected = 0.7 * (run(plain, target).loss?.[0] as number) + 0.3 * (spread.reduce((a, b) => a + b) / 3);
    for (const plan of [plans.train, plans.evaluate] as Plan[]) {
      const found = run(plan, target);
      expect(found.loss?.[0]).toBeCloseTo(expected, 12);
      expect(found[parts[1] as string]?.[0]).toBeCloseTo(run(plain, target).loss?.[0] as number, 12);
      expect(found.accuracy).toEqual(run(plain, target).accuracy);
    }
  });

  it.each([-0.1, 1, Number.NaN, "0.1" as never])("refuses a label smoothing of %s", (labelSmoothing) => {
    expect(() => crossEntropy({ labelSmoothing })).toThrow(
      /crossEntropy: labelSmoothing must be a number at least 0 and below 1, got/,
    );
  });
});

describe("what does not go together", () => {
  const cases: [string, Model, CompileOptions, NetErrorType, string][] = [
    [
      "ten classes on three scores",
      classifier,
      { loss: crossEntropy(), targetKind: classes(10) },
      ShapeError,
      "targets: 10 classes want 10 scores per row, the model gives [3]; end it with dense(10), softmax()",
    ],
    [
      "classes on an image",
      define([1, 4, 4], [conv2d(3, { kernel: 3 })]),
      { loss: crossEntropy() },
      ShapeError,
      "targets: classes want one score each, the model gives an image [3, 2, 2]; end it with flatten(), dense(classes), softmax()",
    ],
    [
      "classes for a gaussian",
      likelihood,
      { loss: gaussianNll(), targetKind: classes(2) },
      ShapeError,
      "targets: gaussian() predicts numbers, got 2 classes; end the model with softmax()",
    ],
    [
      "values of another shape",
      regressor,
      { loss: mse(), targetKind: values(1) },
      ShapeError,
      "mse: a row of targets has shape [1], a prediction [2]; change the last layer or the targets",
    ],
    [
      "values of another shape for the likelihood",
      likelihood,
      { loss: gaussianNll(), targetKind: values(1) },
      ShapeError,
      "gaussianNll: a row of targets has shape [1], a prediction [2]; change the last layer or the targets",
    ],
    [
      "a likelihood without gaussian()",
      regressor,
      { loss: gaussianNll() },
      ShapeError,
      "gaussianNll: wants a mean and a sigma per target; end the model with dense(2 * targets), gaussian()",
    ],
    [
      "cross-entropy behind gaussian()",
      likelihood,
      { loss: crossEntropy(), targetKind: values(4) },
      ShapeError,
      "crossEntropy: wants one score per class, and gaussian() gives means and sigmas; end the model with softmax()",
    ],
    [
      "scaled classes",
      classifier,
      { loss: mse(), standardizeTargets: true },
      ArgumentError,
      "standardizeTargets: softmax() predicts classes, which have no scale; leave it out",
    ],
    [
      "scaled class labels",
      scores,
      { loss: crossEntropy(), standardizeTargets: true },
      ArgumentError,
      "standardizeTargets: the targets are classes, which have no scale; leave it out",
    ],
    [
      "an unknown metric",
      classifier,
      { loss: mse(), metrics: ["f1" as never] },
      ArgumentError,
      'metrics: there is no metric "f1"; choose from accuracy, mse, rmse, mae, nll',
    ],
    [
      "accuracy of one value",
      define([4], [dense(1)]),
      { loss: mse(), metrics: ["accuracy"] },
      ShapeError,
      "metric accuracy: wants at least two classes, got one value per row; use rmse or mae",
    ],
    [
      "nll without a likelihood",
      regressor,
      { loss: mse(), metrics: ["nll"] },
      ShapeError,
      "metric nll: wants a model that ends in gaussian() or softmax(); use rmse or mae",
    ],
    [
      "a loss that was not called",
      classifier,
      { loss: mse as never },
      ArgumentError,
      "loss must be crossEntropy(), gaussianNll(), mse(), got a function; call it",
    ],
    [
      "an optimizer that was not called",
      classifier,
      { loss: mse(), optimizer: adam as never },
      ArgumentError,
      "optimizer must be adam(), adamW(), rmsprop(), sgd(), got a function; call it",
    ],
    [
      "nothing to train",
      define([4], [softmax()]),
      { loss: mse(), optimizer: adam() },
      ArgumentError,
      "the model has no parameters to train; add a layer that has, such as dense()",
    ],
  ];
  type NetErrorType = typeof ShapeError | typeof ArgumentError;
  it.each(cases)("%s", (_what, model, options, type, message) => {
    expect(() => compile(model, options)).toThrow(type);
    expect(() => compile(model, options)).toThrow(message);
  });
});
