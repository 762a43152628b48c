// What a study asks of its journal: every change is an operation, and the record is what all operations make of it.
import type { Distribution, ParameterValue } from "../distribution.js";
import type { Direction, Json, StudyRecord, TrialRecord, TrialState } from "../record.js";

export type AttributeKind = "user" | "system";

/** A trial as it is put into a journal. */
export interface NewTrial {
  /** Default `running`, owned by the worker. */
  readonly state?: TrialState;
  readonly values?: readonly number[];
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly distributions?: Readonly<Record<string, Distribution>>;
  readonly reports?: ReadonlyMap<number, number>;
  readonly userAttributes?: Readonly<Record<string, Json>>;
  readonly systemAttributes?: Readonly<Record<string, Json>>;
}

/**
 * Changes without a promise are known to `study()` and `trial()` at once and are written soon, in order, many at a time;
 * `flush()` waits for them. Those with a promise resolve when they are in the journal and all that came before is known here.
 * `worker` is one id per parallel slot: one worker owns at most one trial.
 */
export interface StudyJournal {
  readonly location: string;
  /** Reads what other workers have appended. */
  refresh(): Promise<void>;
  studyNames(): readonly string[];
  /** The study as it is known now; the same object until something of it changes. */
  study(name: string): StudyRecord | undefined;
  /** Creates the study, or resolves with the one that another worker created first. */
  createStudy(name: string, directions: readonly Direction[]): Promise<StudyRecord>;
  deleteStudy(name: string): Promise<void>;
  setStudyAttribute(study: string, kind: AttributeKind, name: string, value: Json): void;

  createTrial(study: string, worker: string, trial?: NewTrial): Promise<TrialRecord>;
  /** The first waiting trial that this worker gets before all others, now running; undefined when none is left. */
  claimWaiting(study: string, worker: string): Promise<TrialRecord | undefined>;
  /** The trial as it is known now. Throws ArgumentError for an id that is not there. */
  trial(id: number): TrialRecord;
  setParameter(id: number, worker: string, name: string, distribution: Distribution, value: ParameterValue): void;
  report(id: number, worker: string, step: number, value: number): void;
  setTrialAttribute(id: number, worker: string, kind: AttributeKind, name: string, value: Json): void;
  /** Ends a trial; resolves with false when it had been ended before, by another worker, and nothing was changed. */
  finish(
    id: number,
    worker: string,
    state: "complete" | "pruned" | "failed",
    values?: readonly number[],
  ): Promise<boolean>;

  /** Resolves when all changes so far are in the journal; rejects with what kept them from it. */
  flush(): Promise<void>;
  /** Flushes, and frees what the backend holds; may be called again. */
  close(): Promise<void>;
}
