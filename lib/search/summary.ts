// The facts of a study that its page and its terminal form both tell.
import { importances } from "./importance.js";
import { bestTrial, isFinished, paretoFront, type StudyRecord, type TrialRecord, type TrialState } from "./record.js";
import { failureOf } from "./outcome.js";
import { durationOf, type PruningSavings, pruningSavings } from "./savings.js";

/** By parameter, its share in what the objective's value depends on, between 0 and 1; all of them add up to 1. */
export type Importances = Readonly<Record<string, number>>;

export interface StudySummary {
  readonly counts: Readonly<Record<TrialState, number>>;
  /** Complete, pruned and failed trials. */
  readonly finished: number;
  /** Of a study with one objective. */
  readonly best: TrialRecord | undefined;
  /** The Pareto front of a study with several objectives, otherwise empty. */
  readonly front: readonly TrialRecord[];
  readonly saved: PruningSavings | undefined;
  /** Milliseconds during which at least one trial ran, and the sum over all finished trials. */
  readonly time: { readonly elapsed: number; readonly trials: number };
  /** Names of all parameters, in the order in which trials first asked for them. */
  readonly parameters: readonly string[];
}

export function summarize(study: StudyRecord): StudySummary {
  const counts = { running: 0, waiting: 0, complete: 0, pruned: 0, failed: 0 };
  const names = new Set<string>();
  let total = 0;
  for (const trial of study.trials) {
    counts[trial.state]++;
    if (isFinished(trial)) total += durationOf(trial) ?? 0;
    for (const name of Object.keys(trial.parameters)) names.add(name);
  }
  const single = study.directions.length === 1;
  return {
    counts,
    finished: counts.complete + counts.pruned + counts.failed,
    best: single ? bestTrial(study) : undefined,
    front: single ? [] : paretoFront(study),
    saved: pruningSavings(study),
    time: { elapsed: elapsedTime(study.trials), trials: total },
    parameters: [...names],
  };
}

/** One for each objective, as fANOVA finds them; empty for an objective where nothing can be told. */
export function importancesByObjective(study: StudyRecord): Importances[] {
  return study.directions.map((_, objective) => {
    const found = importances(study, { objective });
    return Object.values(found).some((importance) => importance > 0) ? found : {};
  });
}

/** How an objective is called: Optuna's metric names where they were set, else by its place. */
export function objectiveName({ directions, systemAttributes }: StudyRecord, objective: number): string {
  const names = systemAttributes["study:metric_names"];
  const name = Array.isArray(names) ? names[objective] : undefined;
  if (typeof name === "string") return name;
  return directions.length === 1 ? "value" : `objective ${objective + 1}`;
}

/** Why a trial failed, where it was written down. */
export function failureReason(trial: TrialRecord): string | undefined {
  return trial.state === "failed" ? failureOf(trial)?.message : undefined;
}

/** Length of the union of the times at which trials ran: trials beside each other count once, pauses not at all. */
function elapsedTime(trials: readonly TrialRecord[]): number {
  const spans = trials
    .filter(({ startedAt, endedAt }) => startedAt !== undefined && endedAt !== undefined)
    .map(({ startedAt, endedAt }) => [(startedAt as Date).getTime(), (endedAt as Date).getTime()] as const)
    .toSorted(([a], [b]) => a - b);
  let elapsed = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const [start, end] of spans) {
    elapsed += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return elapsed;
}
