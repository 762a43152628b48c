// Trial: what an objective holds while it runs.
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import type { Dataset } from "../runtime/dataset.js";
import {
  DEFAULT_EPOCHS,
  type EpochRecord,
  type Figures,
  type FitOptions,
  type FitResult,
} from "../runtime/fit_options.js";
import type { Trainer } from "../runtime/trainer.js";
import { contains, type Distribution, isSingle, type ParameterValue, sameDistribution } from "./distribution.js";
import { checkStep, TrialAborted, TrialPruned } from "./outcome.js";
import { distributionText, TrialParameters } from "./parameters.js";
import type { Pruner } from "./pruners/pruner.js";
import type { Json, LiveTrial, StudyRecord, TrialRecord } from "./record.js";
import type { Sampler } from "./samplers/sampler.js";
import type { StudyJournal } from "./storage/study_journal.js";

/** What `trial.fit` adds to the options of `trainer.fit`. */
export interface TrialFitOptions extends FitOptions {
  /** Leaves the trainer open, for more to be measured of it; then disposing it is the objective's. Default false. */
  readonly keep?: boolean;
}

/** The result of `trial.fit`: at least one epoch was finished. */
export interface TrialFitResult<Record extends EpochRecord = EpochRecord> extends FitResult {
  readonly history: readonly Record[];
  readonly best: Record;
}

/** An epoch of a training with validation data. */
export type ValidatedEpoch = EpochRecord & { readonly validation: Figures };

/** What a trial needs of its study's journal. */
export type TrialJournal = Pick<StudyJournal, "trial" | "setParameter" | "report" | "setTrialAttribute" | "flush">;

/** What a trial needs of its study. */
export interface TrialHost {
  readonly journal: TrialJournal;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly worker: string;
  readonly signal: AbortSignal;
  record(): StudyRecord;
  reported(trial: TrialRecord, step: number, value: number): void;
}

/** One run of the objective: gives it its parameters, takes its reports, says when to stop. */
export class Trial extends TrialParameters {
  private readonly together: ReturnType<NonNullable<Sampler["sampleTogether"]>>;
  private readonly fixed: Readonly<Record<string, Json>>;

  /** Made by a study. */
  constructor(
    private readonly host: TrialHost,
    readonly id: number,
  ) {
    super();
    const { fixed_params } = this.record.systemAttributes;
    this.fixed =
      typeof fixed_params === "object" && fixed_params !== null ? (fixed_params as Record<string, Json>) : {};
    this.together = host.sampler.sampleTogether?.(this.relevant(), this.live()) ?? {};
  }

  /** The trial as it is known now. */
  get record(): TrialRecord {
    return this.host.journal.trial(this.id);
  }

  /** From 0, in the study's order. */
  get number(): number {
    return this.record.number;
  }

  /** What it was given so far. */
  get parameters(): Readonly<Record<string, ParameterValue>> {
    return this.record.parameters;
  }

  /** Aborts when the study is told to stop; `fit` listens to it already. */
  get signal(): AbortSignal {
    return this.host.signal;
  }

  /**
   * Tells how good the trial is after a step, for the pruner and the plots; of two reports of a step the first counts.
   * Need not be awaited: it resolves when the report is in the journal and those of other workers are known. Throws ArgumentError
   * within the call, so that a mistake fails the trial.
   */
  report(value: number, step: number): Promise<void> {
    if (typeof value !== "number")
      throw new ArgumentError(`report: the value must be a number, got ${valueText(value)}`);
    checkStep(step);
    if (this.record.reports.has(step)) return Promise.resolve();
    this.host.journal.report(this.id, this.host.worker, step, value);
    this.host.reported(this.record, step, value);
    const written = this.host.journal.flush();
    // Whatever goes wrong with the journal arrives at the trial's end, which waits for it.
    written.catch(() => {});
    return written;
  }

  /** True when the pruner holds the trial for hopeless after its last report; then throw a `TrialPruned`. */
  shouldPrune(): boolean {
    const { directions } = this.host.record();
    if (directions.length > 1 || this.record.reports.size === 0) return false;
    return this.host.pruner.prune(this.host.record(), this.live());
  }

  /** Keeps something of the trial's own, as JSON: a size, a file's name. */
  setUserAttribute(name: string, value: Json): void {
    this.host.journal.setTrialAttribute(this.id, this.host.worker, "user", name, value);
  }

  /**
   * Trains, reports every epoch's monitored figure, ends the trial by TrialPruned when the pruner says so, and disposes the trainer.
   * What is monitored is the loss where the study minimizes and the accuracy where it maximizes, unless `monitor` says else; of the
   * validation data where there are any. Numbers that run away make a failed trial (NonFiniteError).
   */
  fit(
    trainer: Trainer,
    train: Dataset,
    options: TrialFitOptions & { readonly validation: Dataset },
  ): Promise<TrialFitResult<ValidatedEpoch>>;
  fit(trainer: Trainer, train: Dataset, options?: TrialFitOptions): Promise<TrialFitResult>;
  async fit(trainer: Trainer, train: Dataset, { keep, ...options }: TrialFitOptions = {}): Promise<TrialFitResult> {
    const { directions } = this.host.record();
    const maximize = directions[0] === "maximize" && directions.length === 1;
    const monitor = options.monitor ?? (maximize ? "accuracy" : "loss");
    const mode = options.mode ?? (directions.length === 1 ? (maximize ? "max" : "min") : undefined);
    const signals = [this.host.signal, ...(options.signal ? [options.signal] : [])];
    const wanted = options.epochs ?? DEFAULT_EPOCHS;
    let epochs = 0;
    let done = false;
    try {
      if (this.host.signal.aborted) throw new TrialAborted();
      const run = trainer.fit(train, { ...options, monitor, ...(mode && { mode }), signal: AbortSignal.any(signals) });
      for await (const epoch of run) {
        epochs++;
        const figures = epoch.validation ?? epoch;
        this.report(monitor === "loss" ? figures.loss : (figures.metrics[monitor] as number), epoch.epoch);
        // Asked after the last epoch too, for pruners note what a trial has reached; but there is nothing left to save.
        const prune = this.shouldPrune();
        if (prune && epochs < wanted) throw new TrialPruned(`pruned after epoch ${epoch.epoch}`);
      }
      const result = await run;
      if (this.host.signal.aborted && result.stopped === "aborted") throw new TrialAborted();
      if (result.best === undefined)
        throw new ArgumentError(
          "trial.fit: the training ended before an epoch was finished, there is nothing to return",
        );
      done = true;
      return { ...result, best: result.best };
    } finally {
      if (!(done && keep)) trainer.dispose();
    }
  }

  protected value(name: string, distribution: Distribution): ParameterValue {
    if (typeof name !== "string" || name === "")
      throw new ArgumentError(`a parameter needs a name, got ${valueText(name)}`);
    const { parameters, distributions } = this.record;
    const known = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
    if (known !== undefined) {
      if (sameDistribution(known, distribution)) return parameters[name] as ParameterValue;
      throw new ArgumentError(
        `parameter "${name}": asked for twice in one trial, first as ${distributionText(known)}, then as ${distributionText(distribution)}; give the second one a name of its own`,
      );
    }
    this.checkOtherTrials(name, distribution);
    const value = this.proposed(name, distribution);
    this.host.journal.setParameter(this.id, this.host.worker, name, distribution, value);
    return value;
  }

  private proposed(name: string, distribution: Distribution): ParameterValue {
    if (Object.hasOwn(this.fixed, name)) {
      const value = this.fixed[name];
      if (contains(distribution, value)) return value;
      throw new ArgumentError(
        `parameter "${name}": the value ${valueText(value)} that was enqueued is not one of ${distributionText(distribution)}`,
      );
    }
    if (isSingle(distribution))
      return distribution.kind === "categorical" ? distribution.choices[0]! : distribution.low;
    const together = Object.hasOwn(this.together, name) ? this.together[name] : undefined;
    if (together !== undefined && sameDistribution(together.distribution, distribution)) return together.value;
    const value = this.host.sampler.sample(this.relevant(), this.live(), name, distribution);
    if (contains(distribution, value)) return value;
    throw new ArgumentError(
      `sampler "${this.host.sampler.name}" proposed ${valueText(value)} for "${name}", which is not one of ${distributionText(distribution)}; its sample() must keep to the distribution`,
    );
  }

  /** Within a study a parameter stays of one kind, and choices stay the same: journals of Optuna know it no other way. */
  private checkOtherTrials(name: string, distribution: Distribution): void {
    for (const trial of this.host.record().trials) {
      const other = Object.hasOwn(trial.distributions, name) ? trial.distributions[name] : undefined;
      if (other === undefined) continue;
      const fits =
        other.kind === distribution.kind &&
        (distribution.kind === "categorical"
          ? sameDistribution(other, distribution)
          : distribution.log === (other as typeof distribution).log);
      if (fits) return;
      throw new ArgumentError(
        `parameter "${name}": trial ${trial.number} has it as ${distributionText(other)}, this one asks for ${distributionText(distribution)}; within a study bounds and steps may change, kind, log and choices may not: give it another name or begin another study`,
      );
    }
  }

  private relevant(): StudyRecord {
    const study = this.host.record();
    const { pruner, sampler } = this.host;
    return pruner.relevantTrials && !sampler.needsAllTrials
      ? { ...study, trials: pruner.relevantTrials(study, this.record) }
      : study;
  }

  private live(): LiveTrial {
    const { journal, worker } = this.host;
    return {
      ...this.record,
      setSystemAttribute: (name, value) => journal.setTrialAttribute(this.id, worker, "system", name, value),
    };
  }
}
