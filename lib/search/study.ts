// Study: a list of trials in a journal, with the sampler that proposes them and the pruner that ends them.
import { ArgumentError, DataError } from "../errors.js";
import { valueText } from "../options.js";
import { BestTrial } from "./best_trial.js";
import type { ParameterValue } from "./distribution.js";
import {
  type Forecast,
  type ForecastOptions,
  forecast,
  type Remaining,
  type RemainingOptions,
  remaining,
} from "./forecast.js";
import { type Objective, type OptimizeOptions, optimize } from "./optimize.js";
import {
  FAILURE,
  type Failure,
  failureAttribute,
  type Outcome,
  outcomeOf,
  outcomeOfError,
  TrialPruned,
} from "./outcome.js";
import { progressOf } from "./progress.js";
import { median } from "./pruners/index.js";
import type { Pruner } from "./pruners/pruner.js";
import {
  bestTrial,
  type Direction,
  hasFixedParameters,
  isFinished,
  type Json,
  paretoFront,
  type StudyRecord,
  type TrialRecord,
} from "./record.js";
import type { Sampler } from "./samplers/sampler.js";
import { tpe } from "./samplers/index.js";
import { openJournal } from "./storage/journal.js";
import { type JournalLocation, openBackend } from "./storage/open.js";
import type { NewTrial, StudyJournal } from "./storage/study_journal.js";
import { firstSign } from "./storage/heartbeat.js";
import { retryOf } from "./storage/retries.js";
import { checkStudyOptions, defaultName, type StudyOptions } from "./study_options.js";
import { Trial, type TrialHost } from "./trial.js";
import { workerId } from "./worker_id.js";

/**
 * Opens the study of that name in a journal, or begins it. The journal is Optuna's: `optuna.storages.JournalStorage` reads it.
 * Throws ArgumentError for another direction than the study has, DataError for a file that is no journal.
 * @example
 * const study = await createStudy("usps.journal", { direction: "maximize", sampler: tpe({ seed: 1 }), pruner: asha() });
 * await study.optimize(async (trial) => trial.float("x", -1, 1), { trials: 10 });
 */
export async function createStudy(location?: JournalLocation, options: StudyOptions = {}): Promise<Study> {
  const wanted = checkStudyOptions(options);
  const journal = await openJournal(openBackend(location));
  try {
    const name = options.name ?? defaultName(location);
    if (options.name === undefined) refuseToGuess(journal, name);
    const directions = wanted ?? ["minimize"];
    const record = journal.study(name) ?? (await journal.createStudy(name, directions));
    if (wanted !== undefined && wanted.join() !== record.directions.join())
      throw new ArgumentError(
        `study "${name}" in ${journal.location} was made to ${record.directions.join(", ")}, not to ${wanted.join(", ")}; give its own direction, or another name`,
      );
    return new Study(journal, name, options.sampler ?? tpe(), options.pruner ?? median());
  } catch (error) {
    await journal.close();
    throw error;
  }
}

export class Study implements AsyncDisposable {
  private readonly worker = workerId();
  /** One for each `optimize` that runs. */
  private readonly stopping = new Set<AbortController>();

  /** Made by `createStudy`. */
  constructor(
    /** For what reads or writes the journal itself. */
    readonly journal: StudyJournal,
    readonly name: string,
    readonly sampler: Sampler,
    readonly pruner: Pruner,
  ) {}

  /** The study as it is known now; never changes itself. */
  get record(): StudyRecord {
    const record = this.journal.study(this.name);
    if (record === undefined)
      throw new DataError(`study "${this.name}" is no longer in ${this.journal.location}: somebody deleted it`);
    return record;
  }

  get directions(): readonly Direction[] {
    return this.record.directions;
  }

  /** By number, all states. */
  get trials(): readonly TrialRecord[] {
    return this.record.trials;
  }

  /** The complete trial with the best value. Throws ArgumentError while there is none, or with several objectives. */
  get best(): BestTrial {
    const { directions } = this.record;
    if (directions.length > 1)
      throw new ArgumentError(
        `study "${this.name}" has ${directions.length} objectives and no single best trial; see paretoFront`,
      );
    const best = bestTrial(this.record);
    if (best === undefined) throw new ArgumentError(`study "${this.name}" has no complete trial yet${this.failures()}`);
    return new BestTrial(this.name, directions[0]!, best);
  }

  /** A complete trial by its number, as `best` gives it. */
  trial(number: number): BestTrial {
    const record = this.trials[number];
    if (record?.state !== "complete")
      throw new ArgumentError(
        `study "${this.name}": trial ${valueText(number)} is ${record?.state ?? "not there"}, not complete`,
      );
    return new BestTrial(this.name, this.directions[0]!, record);
  }

  /** Complete trials that no other one beats in every objective. */
  get paretoFront(): BestTrial[] {
    const { directions } = this.record;
    return paretoFront(this.record).map((trial) => new BestTrial(this.name, directions[0]!, trial));
  }

  /** Runs the objective with one set of parameters after the other. Trials that fail are recorded with their reason and stop nothing. */
  async optimize(objective: Objective, options: OptimizeOptions): Promise<this> {
    const stopping = new AbortController();
    this.stopping.add(stopping);
    try {
      await optimize(this, objective, options, stopping.signal);
    } finally {
      this.stopping.delete(stopping);
    }
    return this;
  }

  /**
   * What so many trials, or a whole grid, will cost in time on this machine: the objective is run for a few probes that are not recorded.
   * @example
   * const study = await createStudy(undefined, { sampler: random({ seed: 1 }) });
   * const objective = (trial: Trial) => trial.int("depth", 1, 3) * trial.int("width", 16, 64);
   * const forecast = await study.forecast(objective, { trials: 100, grid: { depth: [1, 2, 3], width: [16, 64] } });
   * console.log(forecastText(forecast)); // The grid has 6 points: ...; 100 random trials: ...
   */
  forecast(objective: Objective, options: ForecastOptions = {}): Promise<Forecast> {
    return forecast(this, objective, options);
  }

  /** Time left until so many trials are finished (`until`), or that many more (`trials`), told from the finished ones. */
  remaining(options: RemainingOptions): Remaining {
    return remaining(this.record, options);
  }

  /** Begins a trial that the caller runs himself and ends with `tell`: an enqueued one first, else a new one. */
  async ask(): Promise<Trial> {
    const { signal } = new AbortController();
    const trial = await this.begin({ worker: workerId(), signal, reported: () => {} });
    if (!(trial instanceof Trial))
      throw new ArgumentError(`sampler "${this.sampler.name}" has nothing left to try in study "${this.name}"`);
    return trial;
  }

  /**
   * Ends a trial of `ask` with its value, a value per objective, `"pruned"`, `"failed"` or the error that ended it.
   * Resolves with false when it had been ended before.
   */
  async tell(
    trial: Trial | number,
    answer: number | readonly number[] | "pruned" | "failed" | Error,
  ): Promise<boolean> {
    const number = typeof trial === "number" ? trial : trial.number;
    if (this.trials[number] === undefined) await this.journal.refresh();
    const record = this.trials[number];
    if (record === undefined)
      throw new ArgumentError(
        `tell: study "${this.name}" has no trial ${valueText(number)}; it has ${this.trials.length}`,
      );
    if (isFinished(record)) return false;
    if (record.state === "waiting")
      throw new ArgumentError(
        `tell: trial ${number} of study "${this.name}" waits to be begun, so that nobody can know its value; ask() gives it`,
      );
    return this.end(record.id, this.worker, toldOutcome(answer, record, this.directions.length));
  }

  /** Puts parameters in line to be tried next; those that are missing are sampled. Known ones are not added again unless `again`. */
  async enqueue(
    parameters: Readonly<Record<string, ParameterValue>>,
    { again = false, userAttributes = {} }: { again?: boolean; userAttributes?: Readonly<Record<string, Json>> } = {},
  ): Promise<void> {
    if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters))
      throw new ArgumentError(`enqueue: expected an object of parameters, got ${valueText(parameters)}`);
    await this.journal.refresh();
    const text = JSON.stringify(sorted(parameters));
    const known = this.trials.some(
      ({ parameters, systemAttributes }) =>
        textOf((systemAttributes.fixed_params as object | undefined) ?? parameters) === text,
    );
    if (known && !again) return;
    await this.journal.createTrial(this.name, this.worker, {
      state: "waiting",
      userAttributes,
      systemAttributes: { fixed_params: { ...parameters } },
    });
  }

  setUserAttribute(name: string, value: Json): void {
    this.journal.setStudyAttribute(this.name, "user", name, value);
  }

  /** Begins no more trials in any running `optimize` of this object; those that run are finished. A later `optimize` begins trials again. */
  stop(): void {
    for (const stopping of this.stopping) stopping.abort();
  }

  /** Reads what other workers have done. */
  async refresh(): Promise<void> {
    await this.journal.refresh();
  }

  /** Writes what is not yet written and frees the journal. */
  async close(): Promise<void> {
    await this.journal.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * For `optimize`: the next trial of a worker; why there is none when the sampler has nothing left, or all that is wanted is being done.
   * With `heartbeat` it may be declared dead.
   */
  async begin(
    slot: Pick<TrialHost, "worker" | "signal" | "reported">,
    { heartbeat, isWanted }: BeginOptions = {},
  ): Promise<Trial | "exhausted" | "unwanted"> {
    await this.journal.refresh();
    const signs = () => (heartbeat === undefined ? {} : firstSign(slot.worker, heartbeat));
    let record = await this.journal.claimWaiting(this.name, slot.worker, signs, isWanted);
    if (record === undefined) {
      if (isWanted?.(this.record) === false) return "unwanted";
      if (this.sampler.isExhausted?.(this.record)) return "exhausted";
      record = await this.create(slot.worker, () => ({ systemAttributes: signs() }), isWanted);
      if (record === undefined) return "unwanted";
    }
    const { journal, sampler, pruner } = this;
    try {
      return new Trial({ ...slot, journal, sampler, pruner, record: () => this.record }, record.id);
    } catch (error) {
      // The sampler cannot serve this study. Nobody will run the trial: left as it is, others would wait for it to die.
      await this.notBegun(record, slot.worker, error);
      throw error;
    }
  }

  /** For `optimize`: fails an aborted trial and puts it in line again with its parameters. */
  async putBack(id: number, worker: string, failure: Failure): Promise<void> {
    for (;;) {
      await this.journal.flush();
      const trial = this.journal.trial(id);
      const retry = retryOf(trial, Number.POSITIVE_INFINITY);
      const attributes = { [FAILURE]: failureAttribute(failure) };
      if (isFinished(trial) || (await this.journal.abandon(trial, worker, retry, attributes))) return;
    }
  }

  /** For `optimize`: ends a trial as its outcome says. */
  async end(id: number, worker: string, outcome: Outcome): Promise<boolean> {
    if (outcome.state === "failed")
      this.journal.setTrialAttribute(id, worker, "system", FAILURE, failureAttribute(outcome.failure));
    // With several objectives a report is of none of them in particular.
    const isWithout = outcome.state === "failed" || (outcome.state === "pruned" && this.directions.length > 1);
    const values = isWithout ? undefined : outcome.values;
    return this.journal.finish(id, worker, outcome.state, values);
  }

  private create(worker: string, trial: () => NewTrial, isWanted?: (record: StudyRecord) => boolean) {
    const { journal, name } = this;
    if (isWanted === undefined) return journal.createTrial(name, worker, trial());
    // What was put in line meanwhile comes first.
    const isLeft = (record: StudyRecord) => isWanted(record) && progressOf(record).waiting === 0;
    return journal.createTrialIf(isLeft, name, worker, trial);
  }

  /** Ends a trial whose objective was never called; what it was to try is put in line again. */
  private async notBegun(trial: TrialRecord, worker: string, error: unknown): Promise<void> {
    const outcome = outcomeOfError(error, trial);
    if (outcome.state === "failed" && hasFixedParameters(trial)) await this.putBack(trial.id, worker, outcome.failure);
    else await this.end(trial.id, worker, outcome);
  }

  private failures(): string {
    const failed = this.trials.filter(({ state }) => state === "failed");
    const reason = failed.at(-1)?.systemAttributes[FAILURE] as { message?: string } | undefined;
    if (failed.length === 0) return "";
    return `; ${failed.length} failed${reason?.message ? `, the last one because ${reason.message}` : ""}`;
  }
}

interface BeginOptions {
  /** Milliseconds between signs of life. */
  readonly heartbeat?: number | undefined;
  /** Whether one more trial is wanted in the study as it is when the trial begins, among all its workers. */
  readonly isWanted?: ((record: StudyRecord) => boolean) | undefined;
}

/** A journal that was renamed or copied, or that another program made: its studies have other names than the file. */
function refuseToGuess(journal: StudyJournal, name: string): void {
  const names = journal.studyNames();
  if (names.length === 0 || names.includes(name)) return;
  throw new ArgumentError(
    `${journal.location} has no study "${name}", which the file's name stands for; it has ${names.map((known) => `"${known}"`).join(", ")}: say which with { name }, or name a new one`,
  );
}

function toldOutcome(answer: unknown, record: TrialRecord, objectives: number): Outcome {
  if (answer === "pruned") return outcomeOfError(new TrialPruned(), record);
  if (answer === "failed") return { state: "failed", failure: { kind: "threw", message: "told so by tell()" } };
  return answer instanceof Error ? outcomeOfError(answer, record) : outcomeOf(answer, objectives);
}

const texts = new WeakMap<object, string>();

/** Made once for the parameters of each trial: they are compared with everything that is enqueued. */
function textOf(parameters: object): string {
  const text = texts.get(parameters) ?? JSON.stringify(sorted(parameters));
  texts.set(parameters, text);
  return text;
}

function sorted(parameters: object): [string, unknown][] {
  return Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
}
