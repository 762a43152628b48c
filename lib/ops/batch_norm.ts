// Batch normalisation: with the statistics of the batch, its gradient, with stored statistics, and their running average.
import type { Shape } from "../errors.js";
import { PlanError } from "../errors.js";
import { channelView, count, eachChannel, float32, number, operands, requireChannels, requireEqual } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "batch_norm",
  infer(inputs, attributes) {
    const all = operands("batch_norm", inputs, ["x", "scale", "shift"]);
    requireChannels("batch_norm", all);
    number("batch_norm", attributes, "epsilon");
    const perChannel = float32([all.x.shape[1]!]);
    return [float32(all.x.shape), perChannel, perChannel, perChannel];
  },
  grad(g, { dy, x: [x, scale], y: [, mean, inverseDeviation] }) {
    if (dy.slice(1).some((gradient) => gradient !== null))
      throw new PlanError("batch_norm: statistics of a batch have no gradient; only the first output has");
    return g.opAll("batch_norm_grad", [dy[0]!, x!, scale!, mean!, inverseDeviation!]);
  },
  reference([x, scale, shift], { in: [shape] }, attributes) {
    const epsilon = number("batch_norm", attributes, "epsilon");
    const perChannel = elementsPerChannel(shape!);
    const mean = channelMeans(x!, shape!);
    const squares = channelMeans(
      mapChannels(x!, shape!, (value, channel) => (value - mean[channel]!) ** 2),
      shape!,
    );
    const inverseDeviation = squares.map((variance) => 1 / Math.sqrt(variance + epsilon));
    const y = mapChannels(
      x!,
      shape!,
      (value, channel) => (value - mean[channel]!) * inverseDeviation[channel]! * scale![channel]! + shift![channel]!,
    );
    return [y, mean, inverseDeviation, squares.map((variance) => (variance * perChannel) / (perChannel - 1))];
  },
});

defineOp({
  name: "batch_norm_grad",
  infer(inputs) {
    const { dy, x, ...vectors } = operands("batch_norm_grad", inputs, [
      "dy",
      "x",
      "scale",
      "mean",
      "inverse_deviation",
    ]);
    requireEqual("batch_norm_grad", { dy, x }, "take the gradient of the output");
    requireChannels("batch_norm_grad", { x, ...vectors });
    const perChannel = float32([x.shape[1]!]);
    return [float32(x.shape), perChannel, perChannel];
  },
  reference([dy, x, scale, mean, inverseDeviation], { in: [, shape] }) {
    const perChannel = elementsPerChannel(shape!);
    const normalized = mapChannels(
      x!,
      shape!,
      (value, channel) => (value - mean![channel]!) * inverseDeviation![channel]!,
    );
    const shiftMeans = channelMeans(dy!, shape!);
    const scaleMeans = channelMeans(
      dy!.map((gradient, i) => gradient * normalized[i]!),
      shape!,
    );
    const dx = mapChannels(dy!, shape!, (gradient, channel, i) => {
      const centred = gradient - shiftMeans[channel]! - normalized[i]! * scaleMeans[channel]!;
      return scale![channel]! * inverseDeviation![channel]! * centred;
    });
    return [dx, scaleMeans.map((value) => value * perChannel), shiftMeans.map((value) => value * perChannel)];
  },
});

defineOp({
  name: "batch_norm_inference",
  infer(inputs, attributes) {
    const all = operands("batch_norm_inference", inputs, ["x", "scale", "shift", "mean", "variance"]);
    requireChannels("batch_norm_inference", all);
    number("batch_norm_inference", attributes, "epsilon");
    return [float32(all.x.shape)];
  },
  onnx(e, node) {
    e.node(
      "BatchNormalization",
      node.in.map((value) => e.name(value)),
      node.out.map((value) => e.name(value)),
      { epsilon: { float: number("batch_norm_inference", node.attributes, "epsilon") } },
    );
  },
  reference([x, scale, shift, mean, variance], { in: [shape] }, attributes) {
    const epsilon = number("batch_norm_inference", attributes, "epsilon");
    return [
      mapChannels(
        x!,
        shape!,
        (value, c) => ((value - mean![c]!) / Math.sqrt(variance![c]! + epsilon)) * scale![c]! + shift![c]!,
      ),
    ];
  },
});

defineOp({
  name: "batch_norm_fold",
  infer(inputs, attributes) {
    const all = operands("batch_norm_fold", inputs, ["scale", "shift", "mean", "variance", "bias"], 1);
    requireEqual("batch_norm_fold", all, "give one number a channel");
    number("batch_norm_fold", attributes, "epsilon");
    return [float32(all.scale.shape), float32(all.scale.shape)];
  },
  reference([scale, shift, mean, variance, bias], _, attributes) {
    const epsilon = number("batch_norm_fold", attributes, "epsilon");
    const factor = scale!.map((value, c) => value / Math.sqrt(variance![c]! + epsilon));
    return [factor, shift!.map((value, c) => ((bias?.[c] ?? 0) - mean![c]!) * factor[c]! + value)];
  },
});

defineOp({
  name: "running_average",
  infer(inputs, attributes) {
    const all = operands("running_average", inputs, ["state", "value"]);
    requireEqual("running_average", all, "average values of the state's shape");
    number("running_average", attributes, "momentum");
    return [float32(all.state.shape)];
  },
  reference([state, value], _, attributes) {
    const momentum = number("running_average", attributes, "momentum");
    return [state!.map((old, i) => (1 - momentum) * old + momentum * value![i]!)];
  },
});

function elementsPerChannel(shape: Shape): number {
  return count(shape) / channelView(shape).channels;
}

function channelMeans(x: Float64Array, shape: Shape): Float64Array {
  const means = new Float64Array(channelView(shape).channels);
  eachChannel(shape, (index, channel) => {
    means[channel]! += x[index]!;
  });
  return means.map((sum) => sum / elementsPerChannel(shape));
}

function mapChannels(
  x: Float64Array,
  shape: Shape,
  f: (value: number, channel: number, index: number) => number,
): Float64Array {
  const y = new Float64Array(x.length);
  eachChannel(shape, (index, channel) => {
    y[index] = f(x[index]!, channel, index);
  });
  return y;
}
