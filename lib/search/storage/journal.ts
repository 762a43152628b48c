// A journal as a study uses it: changes are queued and written many at a time, and read back among those of other workers.
import { randomUUID } from "node:crypto";
import { ArgumentError, DataError } from "../../errors.js";
import { valueText } from "../../options.js";
import { contains, type Distribution, encodeDistribution, type ParameterValue, toInternal } from "../distribution.js";
import { type Direction, isFinished, type Json, type StudyRecord, type TrialRecord } from "../record.js";
import type { JournalBackend, Operation } from "./backend.js";
import { JournalWriter } from "./journal_writer.js";
import { copyJson } from "./json.js";
import { Code, directionCode, newTrialOperation, stateCode, timeText } from "./operations.js";
import { type Outcome, Replay } from "./replay.js";
import { DUPLICATE_OF, firstRetry } from "./retries.js";
import type { AttributeKind, NewTrial, StudyJournal } from "./study_journal.js";
import { compatibilityKey } from "./trial_operations.js";

/** Reads the whole journal. Throws DataError for what is none. */
export async function openJournal(backend: JournalBackend): Promise<StudyJournal> {
  const journal = new Journal(backend);
  await journal.refresh();
  return journal;
}

class Journal implements StudyJournal {
  /** Writes what no worker does. */
  private readonly id = randomUUID();
  private readonly replay = new Replay();
  private readonly writer: JournalWriter;

  constructor(private readonly backend: JournalBackend) {
    this.writer = new JournalWriter(backend, this.replay);
  }

  get location(): string {
    return this.backend.location;
  }

  refresh(): Promise<void> {
    return this.writer.refresh();
  }

  studyNames(): readonly string[] {
    return this.replay.studyNames();
  }

  study(name: string): StudyRecord | undefined {
    const study = this.replay.studyNamed(name);
    return study && this.replay.record(study);
  }

  async createStudy(name: string, directions: readonly Direction[]): Promise<StudyRecord> {
    const codes = directions.map(directionCode);
    if (codes.length === 0 || codes.some((code) => code < 1))
      throw new ArgumentError(
        `createStudy: expected "minimize" or "maximize" per objective, got ${valueText(directions)}`,
      );
    await this.refresh();
    if (this.study(name) === undefined)
      await this.writer.put({ op_code: Code.createStudy, worker_id: this.id, study_name: name, directions: codes });
    return this.replay.record(this.known(name));
  }

  async deleteStudy(name: string): Promise<void> {
    await this.writer.put({ op_code: Code.deleteStudy, worker_id: this.id, study_id: this.known(name).id });
  }

  setStudyAttribute(study: string, kind: AttributeKind, name: string, value: Json): void {
    const op_code = kind === "user" ? Code.setStudyUserAttribute : Code.setStudySystemAttribute;
    this.advance({ op_code, worker_id: this.id, study_id: this.known(study).id, ...attribute(kind, name, value) });
  }

  async createTrial(study: string, worker: string, trial?: NewTrial): Promise<TrialRecord> {
    const { id } = this.known(study);
    return this.created(study, await this.writer.put(newTrialOperation(id, worker, trial, new Date())));
  }

  async createTrialIf(
    isWanted: (record: StudyRecord) => boolean,
    study: string,
    worker: string,
    trial: () => NewTrial,
  ): Promise<TrialRecord | undefined> {
    const outcomes = await this.writer.putIfUnchanged(() => {
      const known = this.known(study);
      if (!isWanted(this.replay.record(known))) return undefined;
      return [newTrialOperation(known.id, worker, trial(), new Date())];
    });
    return outcomes && this.created(study, outcomes[0]);
  }

  async claimWaiting(
    study: string,
    worker: string,
    attributes: () => Readonly<Record<string, Json>> = () => ({}),
    isWanted: (record: StudyRecord) => boolean = () => true,
  ): Promise<TrialRecord | undefined> {
    for (;;) {
      let next: TrialRecord | undefined;
      let first: TrialRecord | undefined;
      const outcomes = await this.writer.putIfUnchanged(() => {
        const record = this.replay.record(this.known(study));
        if (!isWanted(record)) return undefined;
        next = record.trials.find(({ state }) => state === "waiting");
        if (next === undefined) return undefined;
        first = firstRetry(record, next);
        if (first !== undefined) return this.endingOf(next.id, worker, { [DUPLICATE_OF]: first.number });
        const state = stateOperation(next.id, worker, "running");
        // The attributes come first: a claim without them would be a trial that nobody may ever declare dead.
        return [...this.attributeOperations(next.id, worker, attributes()), state];
      });
      if (!allAccepted(outcomes)) return undefined;
      if (first === undefined && next !== undefined) return this.trial(next.id);
    }
  }

  trial(id: number): TrialRecord {
    const trial = this.replay.trial(id);
    if (trial === undefined) throw new ArgumentError(`${this.location} has no trial with id ${valueText(id)}`);
    return trial;
  }

  setParameter(id: number, worker: string, name: string, distribution: Distribution, value: ParameterValue): void {
    if (!contains(distribution, value))
      throw new ArgumentError(`parameter "${name}": ${valueText(value)} is not within its distribution`);
    if (!this.replay.isCompatible(this.trial(id).id, name, compatibilityKey(distribution)))
      throw new ArgumentError(
        `parameter "${name}" is of another kind in this study (int, float or categorical, logarithmic or not, its choices); ask for the same, or take another name`,
      );
    this.advance({
      op_code: Code.setParameter,
      worker_id: worker,
      trial_id: id,
      param_name: name,
      param_value_internal: toInternal(distribution, value),
      distribution: encodeDistribution(distribution),
    });
  }

  report(id: number, worker: string, step: number, value: number): void {
    if (!Number.isSafeInteger(step))
      throw new ArgumentError(`report: step must be a whole number, got ${valueText(step)}`);
    if (typeof value !== "number")
      throw new ArgumentError(`report: expected a number at step ${step}, got ${valueText(value)}`);
    this.advance({ op_code: Code.report, worker_id: worker, trial_id: id, step, intermediate_value: value });
  }

  setTrialAttribute(id: number, worker: string, kind: AttributeKind, name: string, value: Json): void {
    const op_code = kind === "user" ? Code.setUserAttribute : Code.setSystemAttribute;
    this.advance({ op_code, worker_id: worker, trial_id: id, ...attribute(kind, name, value) });
  }

  async finish(
    id: number,
    worker: string,
    state: "complete" | "pruned" | "failed",
    values?: readonly number[],
  ): Promise<boolean> {
    if (isFinished(this.trial(id))) return false;
    if (state === "complete" && (values === undefined || values.length === 0))
      throw new ArgumentError("a complete trial needs a value per objective");
    if (values?.some((value) => typeof value !== "number" || Number.isNaN(value)))
      throw new ArgumentError(`a trial's values must be numbers, got ${valueText(values)}; fail the trial instead`);
    return (await this.writer.put(stateOperation(id, worker, state, values))).accepted;
  }

  async abandon(
    trial: TrialRecord,
    worker: string,
    retry?: NewTrial,
    attributes: Readonly<Record<string, Json>> = {},
  ): Promise<boolean> {
    const outcomes = await this.writer.putIfUnchanged(() => {
      if (trial.state !== "running" || this.trial(trial.id) !== trial) return undefined;
      const study = this.replay.studyIdOf(trial.id);
      // The retry comes first: torn apart, it is there twice at worst and the first one counts, never lost.
      const again = retry && newTrialOperation(study, worker, { ...retry, state: "waiting" }, new Date());
      return [...(again ? [again] : []), ...this.endingOf(trial.id, worker, attributes)];
    });
    return allAccepted(outcomes);
  }

  flush(): Promise<void> {
    return this.writer.flush();
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.backend.close();
    }
  }

  private created(study: string, outcome: Outcome | undefined): TrialRecord {
    if (outcome?.trial === undefined || !outcome.accepted)
      throw new DataError(`${this.location}: study "${study}" was deleted by another worker; create it again`);
    return this.trial(outcome.trial);
  }

  private endingOf(id: number, worker: string, attributes: Readonly<Record<string, Json>>): Operation[] {
    return [...this.attributeOperations(id, worker, attributes), stateOperation(id, worker, "failed")];
  }

  private attributeOperations(id: number, worker: string, attributes: Readonly<Record<string, Json>>): Operation[] {
    return Object.entries(attributes).map(([name, value]) => ({
      op_code: Code.setSystemAttribute,
      worker_id: worker,
      trial_id: id,
      ...attribute("system", name, value),
    }));
  }

  /** What would be ignored in the journal is not written. */
  private advance(operation: Operation): void {
    if (operation.trial_id !== undefined && isFinished(this.trial(operation.trial_id as number))) return;
    this.replay.advance(operation);
    this.writer.queue(operation);
  }

  private known(name: string) {
    const study = this.replay.studyNamed(name);
    if (study === undefined) {
      const names = this.studyNames().map((known) => `"${known}"`);
      throw new ArgumentError(`${this.location} has no study "${name}"; it has ${names.join(", ") || "none"}`);
    }
    return study;
  }
}

function allAccepted(outcomes: readonly Outcome[] | undefined): boolean {
  return outcomes?.every(({ accepted }) => accepted) ?? false;
}

function attribute(kind: AttributeKind, name: string, value: Json): Record<string, unknown> {
  return { [kind === "user" ? "user_attr" : "system_attr"]: { [name]: copyJson(value) } };
}

function stateOperation(
  id: number,
  worker: string,
  state: TrialRecord["state"],
  values?: readonly number[],
): Operation {
  return {
    op_code: Code.setState,
    worker_id: worker,
    trial_id: id,
    state: stateCode(state),
    values: values === undefined ? null : [...values],
    [state === "running" ? "datetime_start" : "datetime_complete"]: timeText(new Date()),
  };
}
