// One line per loss: importing this file registers all of them.
export { type CrossEntropyLoss, type CrossEntropyOptions, crossEntropy } from "./cross_entropy.js";
export { type GaussianNllLoss, gaussianNll } from "./gaussian_nll.js";
export type { Loss, TargetKind } from "./loss.js";
export { type MseLoss, mse } from "./mse.js";
