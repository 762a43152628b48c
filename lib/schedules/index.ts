// One line per schedule.
export { type CosineOptions, cosine } from "./cosine.js";
export { type ExponentialDecayOptions, exponentialDecay } from "./exponential_decay.js";
export { type OneCycleOptions, oneCycle } from "./one_cycle.js";
export type { Schedule, ScheduleMoment } from "./schedule.js";
export { type StepDecayOptions, stepDecay } from "./step_decay.js";
export { type WarmUpOptions, warmUp } from "./warm_up.js";
