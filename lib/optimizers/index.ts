// One line per optimizer: importing this file registers all of them.
export { type AdamOptimizer, type AdamOptions, adam } from "./adam.js";
export { type AdamWOptimizer, type AdamWOptions, adamW } from "./adamw.js";
export type { Optimizer } from "./optimizer.js";
export { type RmspropOptimizer, type RmspropOptions, rmsprop } from "./rmsprop.js";
export { type SgdOptimizer, type SgdOptions, sgd } from "./sgd.js";
