// What all operations of a journal make of its studies, by Optuna's rules; operations may be applied before they are in it.
import { DataError } from "../../errors.js";
import { type Direction, isFinished, type Json, type StudyRecord, type TrialRecord } from "../record.js";
import { Ahead } from "./ahead.js";
import type { Operation } from "./backend.js";
import { Code, directionOf } from "./operations.js";
import { changedTrial, compatibilityKey, createdTrial, distributionOf } from "./trial_operations.js";

/** What became of an operation of the journal. */
export interface Outcome {
  /** False when the rules made it void. */
  readonly accepted: boolean;
  /** Of a new trial. */
  readonly trial?: number;
}

interface StudyAttributes {
  readonly user: Readonly<Record<string, Json>>;
  readonly system: Readonly<Record<string, Json>>;
}

interface Study {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly Direction[];
  readonly trials: TrialRecord[];
  attributes: StudyAttributes;
  /** What a parameter must be like: its compatibility key in the trial of the least number that has it, in the journal alone. */
  readonly firstUses: Map<string, { number: number; key: string }>;
  /** Undefined after a change, until somebody asks. */
  record: StudyRecord | undefined;
}

const VOID: Outcome = { accepted: false };
const DONE: Outcome = { accepted: true };

export class Replay {
  /** Operations of the journal that were read. */
  count = 0;
  private readonly studies = new Map<number, Study>();
  private studiesCreated = 0;
  /** By id; those of deleted studies keep theirs. */
  private readonly places: { readonly study: Study; readonly number: number }[] = [];
  private readonly trialsAhead = new Map<number, Ahead<TrialRecord>>();
  private readonly studiesAhead = new Map<Study, Ahead<StudyAttributes>>();
  /** Maps of reports made in this batch, which no record outside shares. */
  private ownMaps = new WeakSet<object>();

  studyNames(): string[] {
    return [...this.studies.values()].map(({ name }) => name);
  }

  studyNamed(name: string): Study | undefined {
    for (const study of this.studies.values()) if (study.name === name) return study;
    return undefined;
  }

  record(study: Study): StudyRecord {
    study.record ??= Object.freeze({
      name: study.name,
      directions: study.directions,
      trials: [...study.trials],
      userAttributes: study.attributes.user,
      systemAttributes: study.attributes.system,
    });
    return study.record;
  }

  trial(id: number): TrialRecord | undefined {
    const place = this.places[id];
    return place?.study.trials[place.number];
  }

  /** Of a trial that is there. */
  studyIdOf(trial: number): number {
    return (this.places[trial] as { study: Study }).study.id;
  }

  /** Applies an operation on a trial or study that is there, before it is in the journal. Never one of a trial's state. */
  advance(operation: Operation): void {
    const study = this.studies.get(operation.study_id as number);
    if (study !== undefined) {
      const ahead = this.studiesAhead.get(study) ?? new Ahead(study.attributes, changedAttributes);
      this.studiesAhead.set(study, ahead);
      ahead.advance(operation);
      this.setAttributes(study, ahead.current);
      return;
    }
    const trial = this.trial(operation.trial_id as number) as TrialRecord;
    const ahead = this.trialsAhead.get(trial.id) ?? new Ahead(trial, (record, change) => changedTrial(record, change));
    this.trialsAhead.set(trial.id, ahead);
    ahead.advance(operation);
    this.setTrial(ahead.current);
  }

  /** The next operations of the journal, in order; `isAhead` tells whether the next of them had been applied in advance. */
  read(operation: Operation, isAhead: boolean): Outcome {
    const outcome = this.apply(operation, isAhead);
    this.count++;
    return outcome;
  }

  /** Called when records may be seen from outside again. */
  endBatch(): void {
    this.ownMaps = new WeakSet();
  }

  /** True when a parameter of that kind can be added to the trial's study, as far as is known here. */
  isCompatible(id: number, name: string, key: string): boolean {
    const place = this.places[id];
    if (place === undefined) return false;
    if (!isAsFirstUse(place.study, name, key)) return false;
    for (const [other, { current }] of this.trialsAhead) {
      const distribution = Object.hasOwn(current.distributions, name) ? current.distributions[name] : undefined;
      if (distribution && this.places[other]?.study === place.study && compatibilityKey(distribution) !== key)
        return false;
    }
    return true;
  }

  private apply(operation: Operation, isAhead: boolean): Outcome {
    switch (operation.op_code) {
      case Code.createStudy:
        return this.createStudy(operation);
      case Code.deleteStudy:
        return this.studies.delete(operation.study_id as number) ? DONE : VOID;
      case Code.setStudyUserAttribute:
      case Code.setStudySystemAttribute:
        return this.changeStudy(operation, isAhead);
      case Code.createTrial:
        return this.createTrial(operation);
      case Code.setParameter:
      case Code.setState:
      case Code.report:
      case Code.setUserAttribute:
      case Code.setSystemAttribute:
        return this.changeTrial(operation, isAhead);
      case Code.discardTrials:
        return VOID;
      default:
        throw new DataError(`there is no operation ${String(operation.op_code)}; a newer netwright may know it`);
    }
  }

  private createStudy({ study_name: name, directions }: Operation): Outcome {
    if (this.studyNamed(name as string) !== undefined) return VOID;
    const study: Study = {
      id: this.studiesCreated++,
      name: name as string,
      directions: Object.freeze((directions as unknown[]).map(directionOf)),
      trials: [],
      attributes: { user: {}, system: {} },
      firstUses: new Map(),
      record: undefined,
    };
    this.studies.set(study.id, study);
    return DONE;
  }

  private createTrial(operation: Operation): Outcome {
    const study = this.studies.get(operation.study_id as number);
    if (study === undefined) return VOID;
    const id = this.places.length;
    const trial = createdTrial(id, study.trials.length, operation);
    this.places.push({ study, number: trial.number });
    this.setTrial(trial);
    for (const [name, distribution] of Object.entries(trial.distributions))
      if (Object.hasOwn(trial.parameters, name)) noteUse(study, trial.number, name, compatibilityKey(distribution));
    return { accepted: true, trial: id };
  }

  private changeTrial(operation: Operation, isAhead: boolean): Outcome {
    const id = operation.trial_id as number;
    const place = this.places[id];
    const trial = this.trial(id);
    if (place === undefined || trial === undefined) return VOID;
    const accepted = this.isAccepted(operation, place.study, trial);
    if (accepted && operation.op_code === Code.setParameter)
      noteUse(place.study, place.number, operation.param_name as string, keyOf(operation));
    const ahead = this.trialsAhead.get(id);
    if (ahead === undefined) {
      if (accepted) this.setTrial(changedTrial(trial, operation, this.ownMaps));
    } else {
      if (isAhead) ahead.confirm(accepted);
      else if (accepted) ahead.precede(operation);
      this.setTrial(ahead.current);
      if (ahead.isSettled) this.trialsAhead.delete(id);
    }
    return accepted ? DONE : VOID;
  }

  /** The state is never ahead of the journal, so that the record as known here tells it. */
  private isAccepted(operation: Operation, study: Study, trial: TrialRecord): boolean {
    if (isFinished(trial)) return false;
    if (operation.op_code === Code.setState) return !(operation.state === 0 && trial.state === "running");
    if (operation.op_code !== Code.setParameter) return true;
    return isAsFirstUse(study, operation.param_name as string, keyOf(operation));
  }

  private changeStudy(operation: Operation, isAhead: boolean): Outcome {
    const study = this.studies.get(operation.study_id as number);
    if (study === undefined) return VOID;
    const ahead = this.studiesAhead.get(study);
    if (ahead === undefined) this.setAttributes(study, changedAttributes(study.attributes, operation));
    else {
      if (isAhead) ahead.confirm(true);
      else ahead.precede(operation);
      this.setAttributes(study, ahead.current);
      if (ahead.isSettled) this.studiesAhead.delete(study);
    }
    return DONE;
  }

  private setTrial(trial: TrialRecord): void {
    const { study, number } = this.places[trial.id] as { study: Study; number: number };
    if (study.trials[number] === trial) return;
    study.trials[number] = trial;
    study.record = undefined;
  }

  private setAttributes(study: Study, attributes: StudyAttributes): void {
    if (study.attributes === attributes) return;
    study.attributes = attributes;
    study.record = undefined;
  }
}

function changedAttributes(attributes: StudyAttributes, operation: Operation): StudyAttributes {
  return operation.op_code === Code.setStudyUserAttribute
    ? { ...attributes, user: { ...attributes.user, ...(operation.user_attr as StudyAttributes["user"]) } }
    : { ...attributes, system: { ...attributes.system, ...(operation.system_attr as StudyAttributes["system"]) } };
}

function keyOf(operation: Operation): string {
  return compatibilityKey(distributionOf(operation.distribution as string));
}

function isAsFirstUse(study: Study, name: string, key: string): boolean {
  return (study.firstUses.get(name)?.key ?? key) === key;
}

function noteUse(study: Study, number: number, name: string, key: string): void {
  if (number <= (study.firstUses.get(name)?.number ?? number)) study.firstUses.set(name, { number, key });
}
