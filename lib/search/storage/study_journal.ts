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
 * The operations are those of Optuna's JournalStorage, and so are the rules: the first of two claims counts, what comes after a
 * trial's end is ignored, as is a parameter whose kind, logarithm or choices differ from those of the study's first trial with it.
 *
 * Changes without a promise are known to `study()` and `trial()` at once and are written soon, in order, many at a time;
 * `flush()` waits for them. Those with a promise resolve when they are in the journal and all that came before is known here.
 * `worker` is one id per parallel slot, like no other's anywhere: one worker owns at most one trial.
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
  /** Creates the trial while the study is as wanted: nobody changes it in between. Undefined when it is not. */
  createTrialIf(
    isWanted: (record: StudyRecord) => boolean,
    study: string,
    worker: string,
    trial: () => NewTrial,
  ): Promise<TrialRecord | undefined>;
  /**
   * The first waiting trial that this worker gets before all others, now running; undefined when none is left, or the study is not as
   * wanted. `attributes` gives system attributes that are set in the same append, so that no kill parts them from the claim.
   */
  claimWaiting(
    study: string,
    worker: string,
    attributes?: () => Readonly<Record<string, Json>>,
    isWanted?: (record: StudyRecord) => boolean,
  ): Promise<TrialRecord | undefined>;
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
  /**
   * Fails a running trial of another worker and puts its retry in line, in one append; false, and nothing is changed, when
   * anything of the trial is no longer as in that record. System attributes of the failed trial may go with it.
   */
  abandon(
    trial: TrialRecord,
    worker: string,
    retry?: NewTrial,
    attributes?: Readonly<Record<string, Json>>,
  ): Promise<boolean>;

  /** Resolves when all changes so far are in the journal; rejects with what kept them from it. */
  flush(): Promise<void>;
  /** Flushes, and frees what the backend holds; may be called again. */
  close(): Promise<void>;
}
