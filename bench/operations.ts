// Floating-point operations that a network really needs: products and convolutions, counted from its forward graph.
import type { Model } from "netwright";
import { compile } from "../lib/compile/compile.js";
import type { Graph } from "../lib/compile/graph.js";
import type { PlanNode } from "../lib/compile/plan.js";

export interface Operations {
  /** Of one example. Products with the zeros of a border are left out; an addition and a multiplication are two. */
  readonly predict: number;
  /** Forward and both gradients; the first layer needs no gradient of its input. */
  readonly train: number;
}

export function countOperations(model: Model): Operations {
  const { forward } = compile(model);
  const learned = new Set(forward.values.flatMap(({ role }, id) => (role === "param" ? [id] : [])));
  const total = { predict: 0, train: 0 };
  for (const node of forward.nodes) {
    const count = productsOf(forward, node);
    const needsInputGradient = learned.has(node.in[0] as number);
    total.predict += count;
    total.train += count * (needsInputGradient ? 3 : 2);
    if (node.in.some((id) => learned.has(id))) for (const id of node.out) learned.add(id);
  }
  return total;
}

function productsOf(graph: Graph, { op, in: inputs, out, attributes }: PlanNode): number {
  const shape = (id: number | undefined) => graph.at(id as number).shape;
  if (op === "matmul") {
    const [rows = 0, columns = 0] = shape(inputs[1]);
    return 2 * rows * columns;
  }
  if (op !== "conv2d") return 0;
  const [, , height = 0, width = 0] = shape(inputs[0]);
  const [filters = 0, channels = 0, kernelHeight = 0, kernelWidth = 0] = shape(inputs[1]);
  const [, , outHeight = 0, outWidth = 0] = shape(out[0]);
  const { stride, dilation, padding } = attributes as Record<"stride" | "dilation" | "padding", readonly number[]>;
  const vertical = taps(outHeight, kernelHeight, height, stride?.[0], dilation?.[0], padding?.[0]);
  const horizontal = taps(outWidth, kernelWidth, width, stride?.[1], dilation?.[1], padding?.[1]);
  return 2 * filters * channels * vertical * horizontal;
}

/** Pairs of an output position and a kernel position that meet a pixel inside the image, along one axis. */
function taps(outputs: number, kernel: number, size: number, stride = 1, dilation = 1, padding = 0): number {
  let count = 0;
  for (let position = 0; position < outputs; position++)
    for (let k = 0; k < kernel; k++) {
      const at = position * stride + k * dilation - padding;
      if (at >= 0 && at < size) count += 1;
    }
  return count;
}
