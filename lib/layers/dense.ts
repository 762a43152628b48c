// Dense layer: every unit sees every feature.
import { flag, positiveWhole, withDefault } from "../options.js";
import type { Dimensions, FromFeatures } from "../types/shape.js";
import { biasInitializer, initOption, type WeightInit, weightInitializer } from "./initializers.js";
import { defineLayer, featuresOf, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface DenseSpec<Units extends number = number> extends LayerSpec {
  readonly kind: "dense";
  readonly units: Units;
  readonly bias: boolean;
  readonly init: WeightInit;
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    dense: S extends DenseSpec<infer Units> ? FromFeatures<"dense", In, readonly [Units]> : never;
  }
}

export interface DenseOptions {
  /** Adds a number per unit; default true. */
  readonly bias?: boolean;
  /** How the weights start; default "fanIn". */
  readonly init?: WeightInit;
  readonly name?: string;
}

defineLayer<DenseSpec>({
  kind: "dense",
  options: { units: positiveWhole, bias: withDefault(flag, true), init: initOption },
  lower({ g, name }, { units, bias, init }, inputs) {
    const x = onlyInput(inputs);
    const features = featuresOf(g, x);
    const operands = [x, g.param(`${name}.weight`, [features, units], weightInitializer(init, features, units))];
    if (bias) operands.push(g.param(`${name}.bias`, [units], biasInitializer(init, features)));
    return g.op("matmul", operands, { ta: false, tb: false });
  },
});

/**
 * `x · weight + bias`: `[features]` to `[units]`.
 *
 * Parameters: `<name>.weight` `[features, units]`, `<name>.bias` `[units]`.
 * @param units size of the output
 * @throws ArgumentError for options that cannot be used; the model throws ShapeError on an image: put `flatten()` before it
 * @example
 * sequential([1, 8, 8], [flatten(), dense(32), relu(), dense(10), softmax()]);
 */
export function dense<const Units extends number>(units: Units, options: DenseOptions = {}): DenseSpec<Units> {
  return makeLayer<DenseSpec<Units>>("dense", { units, ...options });
}
