// Maximum, average and global average over windows of images, with their gradients.
import type { Shape } from "../errors.js";
import { boolean, count, float32, operands, requireImage, sameShape, shapeError, wholes } from "./check.js";
import { type Attributes, defineOp, type OnnxEmitter, type ValueId, type ValueType } from "./op.js";

interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding: readonly [number, number, number, number];
}

defineOp({
  name: "max_pool2d",
  infer: (inputs, attributes) => [pooled("max_pool2d", operands("max_pool2d", inputs, ["x"]).x, attributes)],
  grad: (g, { dy, x, y, attributes }) => [g.op("max_pool2d_grad", [dy[0]!, x[0]!, y[0]!], attributes)],
  onnx: (e, node) => emitPool(e, "MaxPool", node, {}),
  reference([x], shapes, attributes) {
    const y = new Float64Array(count(shapes.out[0]!));
    eachWindow(shapes.in[0]!, shapes.out[0]!, window("max_pool2d", attributes), (yi, pixels) => {
      y[yi] = x![firstMaximum(x!, pixels)]!;
    });
    return [y];
  },
});

defineOp({
  name: "max_pool2d_grad",
  infer(inputs, attributes) {
    const { dy, x, y } = operands("max_pool2d_grad", inputs, ["dy", "x", "y"]);
    requirePooled("max_pool2d_grad", x, { dy, y }, attributes);
    return [float32(x.shape)];
  },
  reference([dy, x], shapes, attributes) {
    const dx = new Float64Array(x!.length);
    eachWindow(shapes.in[1]!, shapes.in[0]!, window("max_pool2d_grad", attributes), (yi, pixels) => {
      dx[firstMaximum(x!, pixels)]! += dy![yi]!;
    });
    return [dx];
  },
});

defineOp({
  name: "average_pool2d",
  infer(inputs, attributes) {
    boolean("average_pool2d", attributes, "countIncludePad");
    return [pooled("average_pool2d", operands("average_pool2d", inputs, ["x"]).x, attributes)];
  },
  grad: (g, { dy, x, attributes }) => [
    g.op("average_pool2d_grad", [dy[0]!], { ...attributes, inputShape: g.typeOf(x[0]!).shape.slice(1) }),
  ],
  onnx: (e, node) =>
    emitPool(e, "AveragePool", node, {
      count_include_pad: Number(boolean("average_pool2d", node.attributes, "countIncludePad")),
    }),
  reference([x], shapes, attributes) {
    const y = new Float64Array(count(shapes.out[0]!));
    const divisor = averageDivisor("average_pool2d", attributes);
    eachWindow(shapes.in[0]!, shapes.out[0]!, window("average_pool2d", attributes), (yi, pixels) => {
      for (const pixel of pixels) y[yi]! += x![pixel]! / divisor(pixels.length);
    });
    return [y];
  },
});

defineOp({
  name: "average_pool2d_grad",
  infer(inputs, attributes) {
    const { dy } = operands("average_pool2d_grad", inputs, ["dy"]);
    boolean("average_pool2d_grad", attributes, "countIncludePad");
    const x = float32([dy.shape[0]!, ...wholes("average_pool2d_grad", attributes, "inputShape", 3, 1)]);
    requirePooled("average_pool2d_grad", x, { dy }, attributes);
    return [x];
  },
  reference([dy], shapes, attributes) {
    const dx = new Float64Array(count(shapes.out[0]!));
    const divisor = averageDivisor("average_pool2d_grad", attributes);
    eachWindow(shapes.out[0]!, shapes.in[0]!, window("average_pool2d_grad", attributes), (yi, pixels) => {
      for (const pixel of pixels) dx[pixel]! += dy![yi]! / divisor(pixels.length);
    });
    return [dx];
  },
});

defineOp({
  name: "global_average_pool2d",
  infer(inputs) {
    const { x } = operands("global_average_pool2d", inputs, ["x"]);
    requireImage("global_average_pool2d", "x", x);
    return [float32(x.shape.slice(0, 2))];
  },
  grad: (g, { dy, x }) => [
    g.op("global_average_pool2d_grad", [dy[0]!], { inputShape: g.typeOf(x[0]!).shape.slice(1) }),
  ],
  onnx(e, node) {
    const output = e.name(node.out[0]!);
    const pooledImage = e.fresh(`${output}_1x1`);
    e.node("GlobalAveragePool", [e.name(node.in[0]!)], [pooledImage]);
    e.node("Flatten", [pooledImage], [output], { axis: 1 });
  },
  reference([x], shapes) {
    const [, , h, w] = shapes.in[0] as [number, number, number, number];
    const y = new Float64Array(count(shapes.out[0]!));
    for (const [i, value] of x!.entries()) y[Math.floor(i / (h * w))]! += value / (h * w);
    return [y];
  },
});

defineOp({
  name: "global_average_pool2d_grad",
  infer(inputs, attributes) {
    const { dy } = operands("global_average_pool2d_grad", inputs, ["dy"]);
    const [c, h, w] = wholes("global_average_pool2d_grad", attributes, "inputShape", 3, 1);
    if (dy.shape.length !== 2 || dy.shape[1] !== c)
      shapeError("global_average_pool2d_grad", `expects [batch, ${c}]`, { dy }, "take the gradient of the output");
    return [float32([dy.shape[0]!, c, h, w])];
  },
  reference([dy], shapes) {
    const [, , h, w] = shapes.out[0] as [number, number, number, number];
    return [new Float64Array(count(shapes.out[0]!)).map((_, i) => dy![Math.floor(i / (h * w))]! / (h * w))];
  },
});

function window(op: string, attributes: Attributes): Window {
  return {
    kernel: wholes(op, attributes, "kernel", 2, 1),
    stride: wholes(op, attributes, "stride", 2, 1),
    padding: wholes(op, attributes, "padding", 4, 0),
  };
}

function pooled(op: string, x: ValueType, attributes: Attributes): ValueType {
  requireImage(op, "x", x);
  const { kernel, stride, padding } = window(op, attributes);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const size = `${kernel[0]}x${kernel[1]}`;
  if (padding.some((amount, side) => amount >= kernel[(side % 2) as 0 | 1]))
    shapeError(
      op,
      `padding [${padding.join(", ")}] is not smaller than the kernel ${size}`,
      { x },
      "use less padding: a window needs a pixel",
    );
  const oh = Math.floor((h + padding[0] + padding[2] - kernel[0]) / stride[0]) + 1;
  const ow = Math.floor((w + padding[1] + padding[3] - kernel[1]) / stride[1]) + 1;
  if (oh < 1 || ow < 1)
    shapeError(
      op,
      `kernel ${size} is larger than the padded image`,
      { x },
      "use a smaller kernel or fewer pooling layers",
    );
  return float32([n, c, oh, ow]);
}

function requirePooled(op: string, x: ValueType, found: Record<string, ValueType>, attributes: Attributes): void {
  const expected = pooled(op, x, attributes);
  if (Object.values(found).some(({ shape }) => !sameShape(shape, expected.shape)))
    shapeError(
      op,
      "gradient and output differ in shape",
      { ...found, output: expected },
      "take the gradient of the output",
    );
}

/** Calls visit for each output element with the indices of its real pixels in row-major order; padding holds none. */
function eachWindow(x: Shape, y: Shape, window: Window, visit: (y: number, pixels: number[]) => void): void {
  const [n, c, h, w] = x as [number, number, number, number];
  const [, , oh, ow] = y as [number, number, number, number];
  const { kernel, stride, padding } = window;
  for (let plane = 0; plane < n * c; plane++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++) {
        const pixels: number[] = [];
        for (let iy = oy * stride[0] - padding[0]; iy < oy * stride[0] - padding[0] + kernel[0]; iy++)
          for (let ix = ox * stride[1] - padding[1]; ix < ox * stride[1] - padding[1] + kernel[1]; ix++)
            if (iy >= 0 && iy < h && ix >= 0 && ix < w) pixels.push((plane * h + iy) * w + ix);
        visit((plane * oh + oy) * ow + ox, pixels);
      }
}

/** As PyTorch: the first of equal maxima; a NaN wins over any number, the last NaN over earlier ones. */
function firstMaximum(x: Float64Array, pixels: readonly number[]): number {
  let best = pixels[0]!;
  for (const pixel of pixels) if (x[pixel]! > x[best]! || Number.isNaN(x[pixel])) best = pixel;
  return best;
}

function averageDivisor(op: string, attributes: Attributes): (realPixels: number) => number {
  const { kernel } = window(op, attributes);
  return boolean(op, attributes, "countIncludePad") ? () => kernel[0] * kernel[1] : (realPixels) => realPixels;
}

function emitPool(
  e: OnnxEmitter,
  type: string,
  node: { readonly in: readonly ValueId[]; readonly out: readonly ValueId[]; readonly attributes: Attributes },
  more: Record<string, number>,
): void {
  const { kernel, stride, padding } = window(type, node.attributes);
  e.node(type, [e.name(node.in[0]!)], [e.name(node.out[0]!)], {
    kernel_shape: kernel,
    strides: stride,
    pads: padding,
    ...more,
  });
}
