// Initial values of parameters and states; the twin of native/core/initialize.cc.
import type { Shape } from "../errors.js";
import { fnv1a, randomWords, uniform } from "../ops/rng.js";
import type { Initializer } from "./plan.js";

/** Step under which initial values are drawn; training never gets there. */
export const INITIAL_STEP = 0xffffffff;

/** Initial values of a parameter or state, counted in the user's order (OIHW) and keyed by its name. */
export function initialValues(init: Initializer, name: string, shape: Shape, seed: number): Float32Array {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  if (init.kind === "constant") return new Float32Array(count).fill(init.value);
  const words = randomWords(seed, fnv1a(name), INITIAL_STEP, init.kind === "normal" ? 2 * count : count);
  const word = (i: number) => words[i] as number;
  if (init.kind === "uniform")
    return Float32Array.from({ length: count }, (_, i) => init.low + (init.high - init.low) * uniform(word(i)));
  return Float32Array.from({ length: count }, (_, i) => {
    const u1 = (word(2 * i) + 0.5) / 2 ** 32;
    const u2 = (word(2 * i + 1) + 0.5) / 2 ** 32;
    return init.mean + init.deviation * Math.sqrt(-2 * Math.log(u1)) * Math.cos(2 * Math.PI * u2);
  });
}
