// The table that summary() prints: layers, output shapes, parameters, and the memory of a step.
import { type Shape, shapeText } from "../errors.js";
import type { Model } from "../layers/model.js";
import type { Engine } from "./engine.js";
import type { Memory } from "./native.js";

/** One line a layer, then totals. */
export function summarize(model: Model, engine: Engine, batchSize: number): string {
  const session = engine.session();
  const shapes = layerShapes(model, engine);
  const counts = new Map<string, number>();
  for (const { name, role, shape } of session.names())
    if (role === "param") {
      const layer = name.slice(0, name.lastIndexOf("."));
      counts.set(layer, (counts.get(layer) ?? 0) + shape.reduce((product, dimension) => product * dimension, 1));
    }
  const rows = model.nodes.map(({ name, layer }) => [
    name,
    layer.kind,
    shapeText(shapes.get(name) ?? []),
    (counts.get(name) ?? 0).toLocaleString("en"),
  ]);
  const table = [["name", "layer", "output", "parameters"], ["input", "", shapeText(engine.inputShape), "0"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] as string).length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 3 ? cell.padStart(widths[3] as number) : cell.padEnd(widths[column] as number),
      )
      .join("  ");
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const mode = engine.compiled.plans.train ? "train" : "predict";
  const memory = session.memory(mode, batchSize);
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width, 6));
  return [
    line(table[0] as string[]),
    rule,
    ...table.slice(1).map(line),
    rule,
    `${total.toLocaleString("en")} parameters; ${size(memory.parameterBytes)} for ${mode === "train" ? "parameters, gradients and optimizer" : "parameters"}`,
    `${size(memory.activationBytes)} for activations of a ${mode === "train" ? "training step" : "prediction"} with batch ${batchSize}`,
    `  ${placement(memory)}`,
  ].join("\n");
}

/** Output shape of each layer; one that vanishes in inference, such as dropout, has that of its input. */
function layerShapes(model: Model, { compiled: { forward }, inputShape }: Engine): Map<string, Shape> {
  const shapes = new Map<string, Shape>([["input", inputShape]]);
  for (const { name, from } of model.nodes) {
    const output = forward.nodes.findLast((node) => node.label === name)?.out[0];
    shapes.set(name, output === undefined ? (shapes.get(from[0] as string) ?? []) : forward.at(output).shape.slice(1));
  }
  return shapes;
}

/** How near the arena is to what is alive at once, and how many steps need no memory of their own. */
function placement({ activationBytes, lowerBoundBytes, computeSteps, inPlaceSteps }: Memory): string {
  const ratio = lowerBoundBytes === 0 ? 1 : activationBytes / lowerBoundBytes;
  return `${ratio.toFixed(2)} times the least that lifetimes allow, ${size(lowerBoundBytes)}; ${inPlaceSteps} of ${computeSteps} kernels write over their input`;
}

function size(bytes: number): string {
  return bytes < 2 ** 17 ? `${(bytes / 2 ** 10).toFixed(1)} kB` : `${(bytes / 2 ** 20).toFixed(2)} MB`;
}
