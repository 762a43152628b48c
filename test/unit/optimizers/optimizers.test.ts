// Optimizers: defaults as in PyTorch, slots, and what is said of options that cannot be used.
import { describe, expect, it } from "vitest";
import { compile } from "../../../lib/compile/compile.js";
import { ArgumentError } from "../../../lib/errors.js";
import { dense, sequential } from "../../../lib/layers/index.js";
import { mse } from "../../../lib/losses/index.js";
import { adam, adamW, type Optimizer, rmsprop, sgd } from "../../../lib/optimizers/index.js";

const refusedNorm = (optimizer: string, found: string) =>
  `${optimizer}: clipNorm must be a number above 0 (leave it out to clip nothing), got ${found}`;
const call = (factory: unknown, ...args: unknown[]) => (factory as (...args: unknown[]) => unknown)(...args);

it("specs hold PyTorch's defaults, frozen", () => {
  expect(sgd({ learningRate: 0.1 })).toEqual({
    kind: "sgd",
    learningRate: 0.1,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    weightDecay: 0,
  });
  expect(rmsprop()).toEqual({
    kind: "rmsprop",
    learningRate: 0.01,
    alpha: 0.99,
    epsilon: 1e-8,
    momentum: 0,
    centered: false,
    weightDecay: 0,
  });
  expect(adam()).toEqual({
    kind: "adam",
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  expect(adamW()).toEqual({
    kind: "adamW",
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
  });
  expect(Object.isFrozen(adam())).toBe(true);
});

it("adamW is adam's update with decoupled decay", () => {
  const update = (optimizer: Optimizer) =>
    compile(sequential([2], [dense(1)]), { loss: mse(), optimizer }).plans.train?.nodes.at(-1);
  const options = { beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.3 };
  expect(update(adam(options))?.attributes).toEqual({ ...options, decoupled: false });
  expect(update(adamW(options))?.attributes).toEqual({ ...options, decoupled: true });
});

it.each([
  [sgd({ learningRate: 0.1 }), []],
  [sgd({ learningRate: 0.1, momentum: 0.9 }), ["velocity"]],
  [rmsprop(), ["square_average"]],
  [rmsprop({ centered: true }), ["square_average", "gradient_average"]],
  [rmsprop({ momentum: 0.1 }), ["square_average", "velocity"]],
  [rmsprop({ centered: true, momentum: 0.1 }), ["square_average", "gradient_average", "velocity"]],
  [adam(), ["first_moment", "second_moment"]],
  [adamW(), ["first_moment", "second_moment"]],
] as [Optimizer, string[]][])("%j keeps slots %j", (optimizer, slots) => {
  const { train, predict } = compile(sequential([2], [dense(1)]), { loss: mse(), optimizer }).plans;
  expect(train?.arenas.slots).toBe(slots.length);
  expect(predict?.arenas).toEqual(train?.arenas);
  expect(train?.values.filter(({ role, flat }) => role === "slot" && flat).map(({ name }) => name)).toEqual(slots);
  expect(train?.values.filter(({ role, flat }) => role === "slot" && !flat).map(({ name }) => name)).toEqual(
    ["weight", "bias"].flatMap((part) => slots.map((slot) => `dense_1.${part}.${slot}`)),
  );
  const update = train?.nodes.at(-1);
  const op = optimizer.kind === "adamW" ? "adam" : optimizer.kind;
  expect([update?.op, update?.phase, update?.label]).toEqual([op, "update", optimizer.kind]);
});

it.each([(options: object) => sgd({ learningRate: 0.1, momentum: 0.9, ...options }), rmsprop, adam])(
  "clipNorm gives the update the norm of the gradients, which is computed where they are checked",
  (make) => {
    const train = (optimizer: Optimizer) => {
      const { train } = compile(sequential([2], [dense(1)]), { loss: mse(), optimizer }).plans;
      const name = (id: number) => train?.values[id]?.name;
      const nodes = train?.nodes.slice(-3) ?? [];
      return { optimizer, nodes, inputs: nodes.map((node) => node.in.map(name)) };
    };
    const { optimizer, nodes, inputs } = train(make({ clipNorm: 0.5 }));
    const plain = train(make({}));
    expect(optimizer.clipNorm).toBe(0.5);
    expect(plain.optimizer).not.toHaveProperty("clipNorm");
    expect(nodes.map(({ op }) => op)).toEqual(["all_finite", "gradient_norm", optimizer.kind]);
    expect(inputs.slice(0, 2)).toEqual([["loss"], ["gradients"]]);
    expect(inputs[2]).toEqual([...(plain.inputs[2] ?? []), `${optimizer.kind}.gradient_norm`]);
    expect(nodes[2]?.attributes).toEqual({ ...plain.nodes[2]?.attributes, clipNorm: 0.5 });
  },
);

describe("an option that cannot be used", () => {
  it.each([
    [() => call(sgd), "sgd: learningRate must be a number above 0, got nothing"],
    [() => call(sgd, 0.1), "sgd: expects an object of options, got 0.1"],
    [() => sgd({ learningRate: 0 }), "sgd: learningRate must be a number above 0, got 0"],
    [() => sgd({ learningRate: Number.POSITIVE_INFINITY }), "sgd: learningRate must be a number above 0, got Infinity"],
    [() => sgd({ learningRate: 0.1, momentum: 1 }), "sgd: momentum must be a number at least 0 and below 1, got 1"],
    [
      () => sgd({ learningRate: 0.1, nesterov: true }),
      "sgd: nesterov wants momentum above 0 and dampening 0, got momentum 0 and dampening 0",
    ],
    [
      () => call(sgd, { lr: 0.1 }),
      'sgd: unknown option "lr"; it has learningRate, momentum, dampening, nesterov, weightDecay, clipNorm',
    ],
    [() => rmsprop({ alpha: 1 }), "rmsprop: alpha must be a number at least 0 and below 1, got 1"],
    [() => rmsprop({ epsilon: 0 }), "rmsprop: epsilon must be a number above 0, got 0"],
    [() => adam({ beta2: 1 }), "adam: beta2 must be a number at least 0 and below 1, got 1"],
    [() => adamW({ weightDecay: -1 }), "adamW: weightDecay must be a number at least 0, got -1"],
    [() => adamW({ clipNorm: 0 }), refusedNorm("adamW", "0")],
    [() => adam({ weightDecay: -1 }), "adam: weightDecay must be a number at least 0, got -1"],
    [() => sgd({ learningRate: 0.1, clipNorm: 0 }), refusedNorm("sgd", "0")],
    [() => rmsprop({ clipNorm: -1 }), refusedNorm("rmsprop", "-1")],
    [() => adam({ clipNorm: Number.NaN }), refusedNorm("adam", "NaN")],
    [() => adam({ clipNorm: Number.POSITIVE_INFINITY }), refusedNorm("adam", "Infinity")],
    [() => call(adam, { clipNorm: "1" }), refusedNorm("adam", '"1"')],
  ])("%s is refused", (make, message) => {
    expect(make).toThrow(new ArgumentError(message));
  });
});
