// Layers that join several values into one; residual() and parallel() write them.
import { ShapeError } from "../errors.js";
import { defineLayer, type LayerSpec, rowText } from "./layer.js";

/** Sum of values of the same shape. */
export interface AddSpec extends LayerSpec {
  readonly kind: "add";
}

/** Channels of several values one after the other. */
export interface ConcatSpec extends LayerSpec {
  readonly kind: "concat";
}

defineLayer<AddSpec>({
  kind: "add",
  options: {},
  lower({ g }, _spec, inputs) {
    const [branch, shortcut] = inputs;
    if (inputs.length !== 2 || branch === undefined || shortcut === undefined)
      throw new ShapeError(`expects two inputs, got ${inputs.length}`);
    const shapes = [rowText(g.at(branch).shape), rowText(g.at(shortcut).shape)];
    if (shapes[0] !== shapes[1])
      throw new ShapeError(
        `expects layers that keep the shape, got ${shapes[0]} from the layers and ${shapes[1]} from the shortcut; ` +
          "give residual() a shortcut such as { shortcut: [conv2d(filters, { kernel: 1 })] }",
      );
    return g.op("add", [branch, shortcut]);
  },
});

defineLayer<ConcatSpec>({
  kind: "concat",
  options: {},
  lower({ g }, _spec, inputs) {
    const first = inputs[0];
    if (first === undefined) throw new ShapeError("expects at least one input, got none");
    const rest = (value: number) => g.at(value).shape.slice(2).join();
    if (inputs.some((value) => rest(value) !== rest(first) || g.at(value).shape.length !== g.at(first).shape.length))
      throw new ShapeError(
        `expects branches that agree in all but channels, got ${inputs.map((value) => rowText(g.at(value).shape)).join(" and ")}`,
      );
    return inputs.length === 1 ? first : g.op("concat", inputs);
  },
});
