// Public exports and nothing else.
export * from "./data/index.js";
export * from "./errors.js";
export * from "./layers/index.js";
export * from "./losses/index.js";
export { type MetricName, metricNames } from "./metrics/metric.js";
export { type OnnxFileInfo, readOnnxInfo } from "./onnx/read_info.js";
export { type OutputDifference, verifyOnnx, type VerifyOptions, type VerifyResult } from "./onnx/verify.js";
export * from "./optimizers/index.js";
export { Dataset, type DatasetOptions } from "./runtime/dataset.js";
export type { EarlyStopping, EpochRecord, Figures, FitOptions, FitResult, TickRecord } from "./runtime/fit_options.js";
export { type Info, info } from "./runtime/info.js";
export { load } from "./runtime/load.js";
export type { Tensor } from "./runtime/native.js";
export type { NestedNumbers, NumericArray, NumericData } from "./runtime/numeric_data.js";
export type { OnnxFileOptions } from "./runtime/onnx_file.js";
export type { OutputTensor, Prediction } from "./runtime/prediction.js";
export { Run } from "./runtime/run.js";
export { type DataNames, Trainer, type TrainerOptions } from "./runtime/trainer.js";
