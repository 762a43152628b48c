// Runs an objective once to see what it costs: no trial of the study, nothing reaches its journal.
import type { Dataset } from "../../runtime/dataset.js";
import type { Trainer } from "../../runtime/trainer.js";
import { NetwrightError } from "../../errors.js";
import type { Distribution, ParameterValue } from "../distribution.js";
import { type Failure, outcomeOf, outcomeOfError } from "../outcome.js";
import type { Objective } from "../optimize.js";
import type { Pruner } from "../pruners/pruner.js";
import type { Json, StudyRecord, TrialRecord } from "../record.js";
import type { Sampler } from "../samplers/sampler.js";
import type { AttributeKind } from "../storage/study_journal.js";
import { Trial, type TrialFitOptions, type TrialHost, type TrialJournal } from "../trial.js";
import { type Clock, trainingCost } from "./training_cost.js";

export interface Probe {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly distributions: Readonly<Record<string, Distribution>>;
  /** What the whole trial would take without pruning. */
  readonly milliseconds: number;
  /** What of it comes before the first epoch: building the network, preparing data. */
  readonly setup: number;
  /** Reports that the trial would make: epochs, with `trial.fit`. */
  readonly steps: number;
  /** True when training may end before its last epoch by `earlyStopping`. */
  readonly mayStopEarly: boolean;
  /** Why the trial would fail. */
  readonly failure: Failure | undefined;
}

export interface ProbeOptions {
  readonly study: StudyRecord;
  readonly sampler: Sampler;
  readonly number: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Thrown by `trial.fit` inside a probe once the training is timed: the rest of the objective is of no use to a forecast. */
export class ProbeEnded extends NetwrightError {
  constructor() {
    super("PROBED", "a forecast has timed this training; the objective need not go on");
  }
}

/** Rejects with the signal's reason when it aborts, else never: an objective that throws has a cost too. */
export async function probe(objective: Objective, options: ProbeOptions): Promise<Probe> {
  const { study, signal, clock } = options;
  signal.throwIfAborted();
  const begin = clock();
  const trial = new ProbeTrial(options);
  let failure: Failure | undefined;
  try {
    const outcome = outcomeOf(await objective(trial), study.directions.length);
    if (outcome.state === "failed") failure = outcome.failure;
  } catch (error) {
    const outcome = outcomeOfError(error, trial.record);
    if (outcome.state === "failed") failure = outcome.failure;
  }
  signal.throwIfAborted();
  const { training, record } = trial;
  const { parameters, distributions } = record;
  if (training === undefined) {
    const milliseconds = clock() - begin;
    return {
      parameters,
      distributions,
      milliseconds,
      setup: 0,
      steps: record.reports.size,
      mayStopEarly: false,
      failure,
    };
  }
  const setup = training.begin - begin;
  return {
    parameters,
    distributions,
    milliseconds: setup + training.milliseconds,
    setup,
    steps: training.epochs,
    mayStopEarly: training.mayStopEarly,
    failure: undefined,
  };
}

class ProbeTrial extends Trial {
  training: { begin: number; milliseconds: number; epochs: number; mayStopEarly: boolean } | undefined;

  constructor(private readonly probe: ProbeOptions) {
    super(hostOf(probe), 0);
  }

  override async fit(trainer: Trainer, train: Dataset, { keep: _, ...options }: TrialFitOptions = {}): Promise<never> {
    try {
      if (this.training !== undefined) throw new ProbeEnded();
      const { clock, signal } = this.probe;
      const begin = clock();
      const signals = [signal, ...(options.signal ? [options.signal] : [])];
      const cost = await trainingCost(trainer, train, { ...options, signal: AbortSignal.any(signals) }, clock);
      this.training = { begin, ...cost, mayStopEarly: options.earlyStopping !== undefined };
      throw new ProbeEnded();
    } finally {
      trainer.dispose();
    }
  }
}

/** A forecast without pruning is wanted first; what pruning saves is told apart from it. */
const patience: Pruner = { name: "none", prune: () => false };

function hostOf({ study, sampler, number, signal }: ProbeOptions): TrialHost {
  const journal = new ProbeJournal(number);
  return {
    journal,
    sampler,
    pruner: patience,
    worker: "",
    signal,
    record: () => ({ ...study, trials: [...study.trials, journal.trial()] }),
    reported: () => {},
  };
}

/** One trial that nobody else sees. */
class ProbeJournal implements TrialJournal {
  private record: TrialRecord;

  constructor(number: number) {
    this.record = {
      id: Number.MAX_SAFE_INTEGER,
      number,
      state: "running",
      values: undefined,
      parameters: {},
      distributions: {},
      reports: new Map(),
      userAttributes: {},
      systemAttributes: {},
      startedAt: new Date(),
      endedAt: undefined,
    };
  }

  trial(): TrialRecord {
    return this.record;
  }

  setParameter(_id: number, _worker: string, name: string, distribution: Distribution, value: ParameterValue): void {
    const { parameters, distributions } = this.record;
    this.record = {
      ...this.record,
      parameters: { ...parameters, [name]: value },
      distributions: { ...distributions, [name]: distribution },
    };
  }

  report(_id: number, _worker: string, step: number, value: number): void {
    this.record = { ...this.record, reports: new Map(this.record.reports).set(step, value) };
  }

  setTrialAttribute(_id: number, _worker: string, kind: AttributeKind, name: string, value: Json): void {
    const key = `${kind}Attributes` as const;
    this.record = { ...this.record, [key]: { ...this.record[key], [name]: value } };
  }

  async flush(): Promise<void> {}
}
