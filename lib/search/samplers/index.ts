// The samplers, and what one's own sampler can be made of.
export { type CmaEsOptions, cmaEs } from "./cma_es.js";
export { type GridOptions, type GridSpace, grid } from "./grid.js";
export { type QuasiRandomOptions, quasiRandom } from "./quasi_random.js";
export { random } from "./random.js";
export type { Sampler } from "./sampler.js";
export type { SeedOptions } from "./seed.js";
export { type TpeOptions, tpe } from "./tpe.js";
