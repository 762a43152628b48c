// How weights and biases start: ranges and deviations from the number of inputs and outputs of a unit.
import type { Initializer } from "../compile/plan.js";
import { type Option, oneOf, withDefault } from "../options.js";

/**
 * - `"fanIn"` (default): uniform in ±1/√fanIn, as PyTorch's Linear and Conv2d
 * - `"kaimingUniform"`, `"kaimingNormal"`: deviation √2/√fanIn, for layers before a relu (He et al. 2015)
 * - `"xavierUniform"`, `"xavierNormal"`: deviation √(2/(fanIn + fanOut)), for tanh and sigmoid (Glorot and Bengio 2010)
 * - `"zeros"`
 */
export type WeightInit = "fanIn" | "kaimingUniform" | "kaimingNormal" | "xavierUniform" | "xavierNormal" | "zeros";

const uniform = (bound: number): Initializer => ({ kind: "uniform", low: -bound, high: bound });
const normal = (deviation: number): Initializer => ({ kind: "normal", mean: 0, deviation });

/** Zero for weights under "zeros". */
export const zeros: Initializer = { kind: "constant", value: 0 };
export const ones: Initializer = { kind: "constant", value: 1 };

const RULES: Readonly<Record<WeightInit, (fanIn: number, fanOut: number) => Initializer>> = {
  fanIn: (fanIn) => uniform(1 / Math.sqrt(fanIn)),
  kaimingUniform: (fanIn) => uniform(Math.sqrt(6 / fanIn)),
  kaimingNormal: (fanIn) => normal(Math.sqrt(2 / fanIn)),
  xavierUniform: (fanIn, fanOut) => uniform(Math.sqrt(6 / (fanIn + fanOut))),
  xavierNormal: (fanIn, fanOut) => normal(Math.sqrt(2 / (fanIn + fanOut))),
  zeros: () => zeros,
};

/** The option `init` of layers with weights. */
export const initOption: Option = withDefault(oneOf(Object.keys(RULES)), "fanIn");

/** Initial weights; fans are counted as PyTorch counts them (kernel size times channels in, or out). */
export function weightInitializer(init: WeightInit, fanIn: number, fanOut: number): Initializer {
  return RULES[init](fanIn, fanOut);
}

/** Initial bias: uniform in ±1/√fanIn as PyTorch, whatever the weights are; zero beside zero weights. */
export function biasInitializer(init: WeightInit, fanIn: number): Initializer {
  return init === "zeros" ? zeros : uniform(1 / Math.sqrt(fanIn));
}
