// Two-dimensional cross-correlation of images and its two gradients.
import { PlanError, type Shape } from "../errors.js";
import { operand, precision } from "./bfloat16.js";
import { count, float32, hasRelu, operands, requireImage, shapeError, whole, wholes } from "./check.js";
import { type Attributes, defineOp, type ValueType } from "./op.js";

interface Window {
  readonly stride: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

defineOp({
  name: "conv2d",
  infer(inputs, attributes) {
    const all = operands("conv2d", inputs, ["input", "weight", "bias", "factor"], 2) as {
      input: ValueType;
      weight: ValueType;
      bias?: ValueType;
      factor?: ValueType;
    };
    hasRelu("conv2d", attributes);
    precision("conv2d", attributes);
    return [float32(outputShape("conv2d", all, attributes))];
  },
  grad(g, { dy, x: [x, weight, bias, factor], attributes }) {
    if (factor !== undefined || attributes.activation !== undefined)
      throw new PlanError("conv2d: a fused convolution has no gradient; differentiate before passes");
    const d = dy[0]!;
    const dx = g.op("conv2d_grad_x", [d, weight!], { ...attributes, inputShape: g.typeOf(x!).shape.slice(1) });
    const dw = g.op("conv2d_grad_weight", [x!, d], { ...attributes, kernel: g.typeOf(weight!).shape.slice(2) });
    return bias === undefined ? [dx, dw] : [dx, dw, g.op("channel_sum", [d])];
  },
  onnx(e, node) {
    const { stride, padding, dilation, groups } = window("conv2d", node.attributes);
    e.node(
      "Conv",
      node.in.map((value) => e.name(value)),
      node.out.map((value) => e.name(value)),
      {
        kernel_shape: e.typeOf(node.in[1]!).shape.slice(2),
        strides: stride,
        pads: padding,
        dilations: dilation,
        group: groups,
      },
    );
  },
  reference([x, weight, bias, factor], shapes, attributes) {
    const [n, oc, oh, ow] = shapes.out[0] as [number, number, number, number];
    const y = new Float64Array(count([n, oc, oh, ow]));
    const image = operand("conv2d", attributes, x!);
    const filters = operand("conv2d", attributes, weight!);
    eachTap(shapes.in[0]!, shapes.in[1]!, shapes.out[0]!, window("conv2d", attributes), (xi, wi, yi) => {
      y[yi]! += image[xi]! * filters[wi]!;
    });
    const channel = (i: number) => Math.floor(i / (oh * ow)) % oc;
    const affine = y.map((sum, i) => sum * (factor?.[channel(i)] ?? 1) + (bias?.[channel(i)] ?? 0));
    return [hasRelu("conv2d", attributes) ? affine.map((value) => Math.max(value, 0)) : affine];
  },
});

defineOp({
  name: "conv2d_grad_x",
  infer(inputs, attributes) {
    const { dy, weight } = operands("conv2d_grad_x", inputs, ["dy", "weight"]);
    precision("conv2d_grad_x", attributes);
    const input = float32([dy.shape[0]!, ...wholes("conv2d_grad_x", attributes, "inputShape", 3, 1)]);
    requireOutput("conv2d_grad_x", { input, weight }, dy, attributes);
    return [input];
  },
  reference([dy, weight], shapes, attributes) {
    const dx = new Float64Array(count(shapes.out[0]!));
    const gradient = operand("conv2d_grad_x", attributes, dy!);
    const filters = operand("conv2d_grad_x", attributes, weight!);
    eachTap(shapes.out[0]!, shapes.in[1]!, shapes.in[0]!, window("conv2d_grad_x", attributes), (xi, wi, yi) => {
      dx[xi]! += gradient[yi]! * filters[wi]!;
    });
    return [dx];
  },
});

defineOp({
  name: "conv2d_grad_weight",
  infer(inputs, attributes) {
    const { input, dy } = operands("conv2d_grad_weight", inputs, ["input", "dy"]);
    requireImage("conv2d_grad_weight", "input", input);
    requireImage("conv2d_grad_weight", "dy", dy);
    precision("conv2d_grad_weight", attributes);
    const { groups } = window("conv2d_grad_weight", attributes);
    const kernel = wholes("conv2d_grad_weight", attributes, "kernel", 2, 1);
    const weight = float32([dy.shape[1]!, input.shape[1]! / groups, ...kernel]);
    requireOutput("conv2d_grad_weight", { input, weight }, dy, attributes);
    return [weight];
  },
  reference([x, dy], shapes, attributes) {
    const dw = new Float64Array(count(shapes.out[0]!));
    const image = operand("conv2d_grad_weight", attributes, x!);
    const gradient = operand("conv2d_grad_weight", attributes, dy!);
    eachTap(shapes.in[0]!, shapes.out[0]!, shapes.in[1]!, window("conv2d_grad_weight", attributes), (xi, wi, yi) => {
      dw[wi]! += image[xi]! * gradient[yi]!;
    });
    return [dw];
  },
});

function window(op: string, attributes: Attributes): Window {
  return {
    stride: wholes(op, attributes, "stride", 2, 1),
    padding: wholes(op, attributes, "padding", 4, 0),
    dilation: wholes(op, attributes, "dilation", 2, 1),
    groups: whole(op, attributes, "groups", 1),
  };
}

function outputShape(
  op: string,
  all: { input: ValueType; weight: ValueType; bias?: ValueType; factor?: ValueType },
  attributes: Attributes,
): Shape {
  const { input, weight, bias, factor } = all;
  requireImage(op, "input", input);
  if (weight.shape.length !== 4)
    shapeError(op, "expects a weight of rank 4", all, "use [filters, channels, height, width]");
  const { stride, padding, dilation, groups } = window(op, attributes);
  const [n, c, h, w] = input.shape as [number, number, number, number];
  const [oc, channels, kh, kw] = weight.shape as [number, number, number, number];
  if (c % groups !== 0 || oc % groups !== 0)
    shapeError(
      op,
      `${groups} groups do not divide ${c} channels and ${oc} filters`,
      all,
      "choose groups that divide both",
    );
  if (c !== channels * groups)
    shapeError(op, `input has ${c} channels, weight expects ${channels * groups}`, all, "make the two equal");
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== oc))
    shapeError(op, `expects a bias of [${oc}], one per filter`, all, "make it as long as the weight has filters");
  if (factor !== undefined && (factor.shape.length !== 1 || factor.shape[0] !== oc))
    shapeError(op, `expects a factor of [${oc}], one per filter`, all, "make it as long as the weight has filters");
  const extent = (size: number, before: number, after: number, kernel: number, axis: 0 | 1) =>
    Math.floor((size + before + after - dilation[axis] * (kernel - 1) - 1) / stride[axis]) + 1;
  const oh = extent(h, padding[0], padding[2], kh, 0);
  const ow = extent(w, padding[1], padding[3], kw, 1);
  if (oh < 1 || ow < 1)
    shapeError(
      op,
      `kernel ${kh}x${kw} with dilation ${dilation.join("x")} is larger than the padded image`,
      all,
      "use a smaller kernel or more padding",
    );
  return [n, oc, oh, ow];
}

function requireOutput(
  op: string,
  all: { input: ValueType; weight: ValueType },
  dy: ValueType,
  attributes: Attributes,
): void {
  const expected = outputShape(op, all, attributes);
  if (expected.length !== dy.shape.length || expected.some((dimension, axis) => dimension !== dy.shape[axis]))
    shapeError(
      op,
      "dy has not the shape of the output",
      { dy, output: float32(expected) },
      "take the gradient of the output",
    );
}

/** Calls visit with the indices of every product x * w that is part of y. */
function eachTap(
  x: Shape,
  weight: Shape,
  y: Shape,
  window: Window,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [n, c, h, w] = x as [number, number, number, number];
  const [oc, groupChannels, kh, kw] = weight as [number, number, number, number];
  const [, , oh, ow] = y as [number, number, number, number];
  const { stride, padding, dilation, groups } = window;
  for (let i = 0; i < n; i++)
    for (let o = 0; o < oc; o++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
          for (let ic = 0; ic < groupChannels; ic++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const iy = oy * stride[0] - padding[0] + ky * dilation[0];
                const ix = ox * stride[1] - padding[1] + kx * dilation[1];
                if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
                const channel = Math.floor(o / (oc / groups)) * groupChannels + ic;
                visit(
                  ((i * c + channel) * h + iy) * w + ix,
                  ((o * groupChannels + ic) * kh + ky) * kw + kx,
                  ((i * oc + o) * oh + oy) * ow + ox,
                );
              }
}
