// Standardize: raw features to mean 0 and deviation 1, with numbers fitted on the training rows.
import { ones, zeros } from "./initializers.js";
import { channelsOf, defineLayer, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface StandardizeSpec extends LayerSpec {
  readonly kind: "standardize";
}

declare module "./layer.js" {
  interface ShapeRules<S, In> {
    standardize: In;
  }
}

defineLayer<StandardizeSpec>({
  kind: "standardize",
  options: {},
  place: "first",
  lower({ g, name }, _spec, inputs) {
    const x = onlyInput(inputs);
    const channels = [channelsOf(g, x)];
    const { mean, deviation } = scalingNames(name);
    return g.op("standardize", [x, g.state(mean, channels, zeros), g.state(deviation, channels, ones)]);
  },
});

/** Names of the states that hold a scaling, `[channels]` each. */
export function scalingNames(name: string): { mean: string; deviation: string } {
  return { mean: `${name}.mean`, deviation: `${name}.deviation` };
}

/**
 * `(x - mean) / deviation` per feature of `[features]` or per channel of `[channels, height, width]`; the first layer.
 * Keeps the shape. Mean and deviation are fitted on the training rows of the first `fit`, then frozen, saved with the
 * model and exported, so that predictions take raw features. States: `<name>.mean`, `<name>.deviation`, `[channels]`.
 * @example
 * sequential([4], [standardize(), dense(32), relu(), dense(1)]);
 */
export function standardize(options: { name?: string } = {}): StandardizeSpec {
  return makeLayer<StandardizeSpec>("standardize", options);
}
