// What the package exports of the search.
export { BestTrial, type RetrainOptions } from "./best_trial.js";
export { prunerChecks, samplerChecks } from "./conformance.js";
export { type Correlations, correlations } from "./correlations.js";
export type {
  CategoricalDistribution,
  Choice,
  Distribution,
  FloatDistribution,
  FloatOptions,
  IntDistribution,
  IntOptions,
  ParameterValue,
} from "./distribution.js";
export type { Duration } from "./duration.js";
export { type ImportanceOptions, importances } from "./importance.js";
export type { Objective, OptimizeOptions } from "./optimize.js";
export { type Failure, failureOf, TrialAborted, TrialPruned } from "./outcome.js";
export { TrialParameters } from "./parameters.js";
export * from "./pruners/index.js";
export type { Direction, Json, LiveTrial, StudyRecord, TrialRecord, TrialState } from "./record.js";
export * from "./samplers/index.js";
export type { JournalBackend, Operation } from "./storage/backend.js";
export { fileJournal } from "./storage/journal_file.js";
export { type RedisJournalOptions, redisJournal } from "./storage/journal_redis.js";
export { memoryJournal } from "./storage/memory.js";
export type { JournalLocation } from "./storage/open.js";
export type { StudyJournal } from "./storage/study_journal.js";
export { createStudy, Study, type StudyOptions } from "./study.js";
export { Trial, type TrialFitOptions, type TrialFitResult, type ValidatedEpoch } from "./trial.js";
