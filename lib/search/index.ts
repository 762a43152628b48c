// What the package exports of the search.
export { BestTrial, type RetrainOptions } from "./best_trial.js";
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
export { studyJson, trialsCsv } from "./export.js";
export {
  type Forecast,
  type ForecastOptions,
  forecastText,
  type Grid,
  type Remaining,
  type RemainingOptions,
  remainingText,
} from "./forecast.js";
export { type ImportanceOptions, importances } from "./importance.js";
export type { Objective, OptimizeOptions } from "./optimize.js";
export { type Failure, failureOf, TrialAborted, TrialPruned } from "./outcome.js";
export { TrialParameters } from "./parameters.js";
export type { Figure } from "./plots/figure.js";
export { correlationsFigure } from "./plots/correlations.js";
export { historyFigure } from "./plots/history.js";
export { importanceFigure } from "./plots/importance.js";
export { intermediateFigure } from "./plots/intermediate.js";
export { type PageOptions, studyPage } from "./plots/page.js";
export { parallelCoordinatesFigure } from "./plots/parallel_coordinates.js";
export { paretoFrontFigure } from "./plots/pareto_front.js";
export { sliceFigure } from "./plots/slice.js";
export { timelineFigure } from "./plots/timeline.js";
export * from "./pruners/index.js";
export type { Direction, Json, LiveTrial, StudyRecord, TrialRecord, TrialState } from "./record.js";
export * from "./samplers/index.js";
export type { JournalBackend, Operation } from "./storage/backend.js";
export { fileJournal } from "./storage/journal_file.js";
export { type RedisJournalOptions, redisJournal } from "./storage/journal_redis.js";
export { memoryJournal } from "./storage/memory.js";
export type { JournalLocation } from "./storage/open.js";
export type { StudyJournal } from "./storage/study_journal.js";
export { type StudySummary, summarize } from "./summary.js";
export { createStudy, Study } from "./study.js";
export type { StudyOptions } from "./study_options.js";
export { sparkline } from "./text/sparkline.js";
export { summaryText } from "./text/summary.js";
export { trialsText } from "./text/trials.js";
export { Trial, type TrialFitOptions, type TrialFitResult, type ValidatedEpoch } from "./trial.js";
