// Trainer: one model with its loss, optimizer and weights, and everything that is done with them.
import { writeFile } from "node:fs/promises";
import { encodeModelFile } from "../checkpoint/model_file.js";
import { ArgumentError, DataError, DisposedError, NonFiniteError } from "../errors.js";
import type { Model } from "../layers/model.js";
import { ratesOfEpoch } from "../schedules/rates.js";
import { nativeAugment } from "./augment.js";
import { Dataset } from "./dataset.js";
import { type OnnxFileOptions, writeOnnxFile } from "./onnx_file.js";
import { checkSameTargets, Engine, targetKindOf } from "./engine.js";
import {
  BestEpoch,
  checkFitOptions,
  DEFAULT_EPOCHS,
  type EpochRecord,
  type Figures,
  type FitOptions,
  type FitResult,
  knownOptions,
  wholeNumber,
} from "./fit_options.js";
import { JobGuard } from "./guard.js";
import { type NativeSession, type Tensor, translateError } from "./native.js";
import type { NumericData } from "./numeric_data.js";
import { computeOutputs, describePrediction, type Prediction } from "./prediction.js";
import type { Profile } from "./profile.js";
import { Run } from "./run.js";
import { fitScaling } from "./scaling.js";
import { summarize } from "./summary.js";
import { type DataNames, TRAINER_OPTIONS, type TrainerOptions } from "./trainer_options.js";

const EVALUATION_BATCH = 256;
const TICK_MILLISECONDS = 100;

/**
 * Trains a model natively, off the event loop, one job at a time.
 *
 * Throws at once for a loss that does not fit the model. End it with `dispose()` or `using`.
 */
export class Trainer implements Disposable {
  private readonly engine: Engine;
  private readonly guard = new JobGuard();
  private disposed = false;
  private fitted: Dataset | undefined;
  private epochs = 0;
  private names: DataNames = {};
  private samples: Dataset | undefined;

  constructor(
    readonly model: Model,
    readonly options: TrainerOptions = {},
  ) {
    knownOptions("Trainer", options, TRAINER_OPTIONS);
    this.engine = new Engine(model, options);
  }

  /** Epochs finished in all calls of fit. */
  get epochsTrained(): number {
    return this.epochs;
  }

  /** Class, feature and target names of the data that was trained on, or of the file that was loaded. */
  get dataNames(): Readonly<DataNames> {
    return this.names;
  }

  /**
   * Trains for some epochs. The run is awaited for its result or iterated over its epochs; leaving the loop ends it.
   * A second call goes on: weights, optimizer, step counter and random streams continue; a schedule is that of its call alone.
   * Inside a loop over the epochs the run waits, and the trainer's other methods may be called.
   * Throws BusyError while another job runs; the run rejects with NonFiniteError when numbers run away.
   */
  fit(train: Dataset, options: FitOptions = {}): Run<EpochRecord, FitResult> {
    checkFitOptions(options);
    requireDataset("training data", train);
    const epochs = wholeNumber("epochs", options.epochs ?? DEFAULT_EPOCHS, 1);
    const batchSize = Math.min(wholeNumber("batchSize", options.batchSize ?? 32, 1), train.rows);
    const augment = options.augment && nativeAugment(options.augment, train);
    const best = new BestEpoch(options.monitor ?? "loss", options.mode, options.earlyStopping);
    const release = this.guard.begin("fit");
    const keepBest = options.keepBest ?? options.earlyStopping !== undefined;
    const run: Run<EpochRecord, FitResult> = new Run(async (emit, signal) => {
      const history: EpochRecord[] = [];
      const onAbort = () => this.guard.hasGuest || this.engine.cancel();
      try {
        await null; // fit() has returned the run before anything can fail
        this.fitted = train;
        const session = this.prepare("fit", train, options);
        signal.addEventListener("abort", onAbort, { once: true });
        const steps = options.dropLast ? Math.floor(train.rows / batchSize) : Math.ceil(train.rows / batchSize);
        const remainder = options.dropLast ? 0 : train.rows % batchSize;
        // Binding both programs now lets a batch size that cannot work fail before the first step.
        for (const batch of remainder > 0 ? [batchSize, remainder] : [batchSize]) session.describe("train", batch);
        let stopped: FitResult["stopped"] = "done";
        let ticked = performance.now();
        for (let i = 0; i < epochs; i++) {
          if (signal.aborted || this.disposed) break;
          const begin = performance.now();
          const epoch = this.epochs + 1;
          const moment = { epoch: i, epochs, stepsPerEpoch: steps };
          const rates = ratesOfEpoch(options.schedule, this.engine.learningRate, moment);
          const learningRates = Float32Array.from(rates);
          const tick = ({ step, rows }: { step: number; rows: number }) => {
            ticked = performance.now();
            options.onTick?.({ epoch, step, steps, rows });
          };
          const result = await session.runEpoch(
            {
              dataset: train.native(),
              batchSize,
              learningRates,
              epoch,
              shuffle: options.shuffle ?? true,
              ...(augment && { augment }),
            },
            options.onTick && tick,
          );
          if (result.cancelled) break;
          // The core ticks within an epoch only; a bar must move through short ones too.
          if (performance.now() - ticked >= TICK_MILLISECONDS) tick({ step: result.steps, rows: result.rows });
          this.epochs = epoch;
          const validation = options.validation && (await this.measure(options.validation, EVALUATION_BATCH));
          const record: EpochRecord = {
            epoch,
            ...this.engine.finish(result.metrics, result.rows),
            ...(validation && { validation }),
            learningRate: rates[steps - 1] as number,
            seconds: (performance.now() - begin) / 1000,
          };
          if (best.add(record) && keepBest) session.snapshot("best");
          history.push(record);
          await this.guard.lend(emit(record), () => run.held);
          if (best.exhausted) {
            stopped = "early";
            break;
          }
        }
        if (stopped === "done" && history.length < epochs) stopped = "aborted";
        if (keepBest && best.record !== undefined && !this.disposed) session.restore("best");
        return { history, best: best.record, stopped };
      } catch (error) {
        if (!this.wasEnded(signal, error)) throw this.explain(error, history);
        if (keepBest && best.record !== undefined && !this.disposed) this.engine.session().restore("best");
        return { history, best: best.record, stopped: "aborted" };
      } finally {
        signal.removeEventListener("abort", onAbort);
        this.fitted = undefined;
        release();
      }
    }, options.signal);
    return run;
  }

  /** One optimizer step on these rows, all of them as one batch; for loops of your own. Resolves with the figures before the update. */
  async step(batch: Dataset): Promise<Figures> {
    return this.exclusive("step", async () => {
      const session = this.prepare("step", batch, {});
      const outputs = await session.execute("train", {
        batch: batch.rows,
        inputs: { input: batch.input, ...(batch.target && { target: batch.target }) },
        learningRate: this.engine.learningRate,
        update: true,
      });
      const figures = Object.entries(outputs).map(([name, value]) => [name, value.data[0] ?? Number.NaN] as const);
      return this.engine.finish(Object.fromEntries(figures), batch.rows);
    });
  }

  /** Loss and metrics on a data set, as predict() computes, in the target's units. */
  async evaluate(data: Dataset, options: { batchSize?: number } = {}): Promise<Figures> {
    knownOptions("evaluate", options, ["batchSize"]);
    const batchSize = wholeNumber("batchSize", options.batchSize ?? EVALUATION_BATCH, 1);
    return this.exclusive("evaluate", () => {
      this.checkRows("evaluate", data);
      return this.measure(data, batchSize);
    });
  }

  /**
   * The model's outputs for rows of input: a data set, nested arrays `[rows][...]`, or a flat typed array.
   * Resolves with `{ data, shape }` by output name; probabilities come with class names and the label of each row.
   * Numbers are copied: the caller may change them as soon as the call is made. What took less than 1 ms the last time is computed
   * within the call, for up to 1 ms in a turn of the event loop, as waking a thread takes too long; the rest leaves JavaScript free.
   */
  async predict(input: Dataset | NumericData, options: { batchSize?: number } = {}): Promise<Prediction> {
    knownOptions("predict", options, ["batchSize"]);
    const batchSize = wholeNumber("batchSize", options.batchSize ?? EVALUATION_BATCH, 1);
    const release = this.guard.begin("predict");
    try {
      const outputs = await computeOutputs(this.engine, input, batchSize);
      if (this.disposed) throw new DisposedError("the trainer was disposed while it was running");
      return describePrediction(outputs, this.names.classes);
    } catch (error) {
      throw this.explain(error, []);
    } finally {
      release();
    }
  }

  /** Names of all weights (role `param`) and states (running statistics, scaling) with their shapes. */
  weights(): { name: string; role: string; shape: number[] }[] {
    return this.idle("weights", () => this.engine.weightNames());
  }

  /** A copy of a weight or state by name, in the user's order: `conv2d_1.weight` is [filters, channels, height, width]. */
  read(name: string): Tensor {
    return this.idle("read", () => this.engine.session().read(this.engine.knownWeight(name)));
  }

  /** Sets a weight or state by name; the number of elements must match. Scaling set before the first fit is kept, not fitted. */
  write(name: string, data: Float32Array | readonly number[]): void {
    this.idle("write", () => this.engine.write(name, data));
  }

  /** Writes model, weights and states to a safetensors file, which `load` reads. */
  async save(file: string): Promise<void> {
    const bytes = this.idle("save", () => {
      const weights = this.engine.weightNames().map(({ name }) => ({ name, ...this.engine.session().read(name) }));
      return encodeModelFile({ model: this.model, weights, settings: { ...this.names, ...this.engine.settings() } });
    });
    await writeFile(file, bytes);
  }

  /** Writes the model as ONNX, with scaling and head inside, and a few rows with their outputs beside it for `netwright verify`. */
  async exportOnnx(file: string, options: OnnxFileOptions = {}): Promise<void> {
    await this.exclusive("exportOnnx", () => writeOnnxFile(file, this.engine, this.names, this.samples, options));
  }

  /** A table of layers, output shapes and parameters, and the memory of a training step. */
  summary(options: { batchSize?: number } = {}): string {
    knownOptions("summary", options, ["batchSize"]);
    return this.idle("summary", () => summarize(this.model, this.engine, options.batchSize ?? 32));
  }

  /** Where the time goes, kernel by kernel, of every mode and batch size that has run; needs the option `profile`. */
  profile(): Profile[] {
    return this.idle("profile", () => this.engine.profile());
  }

  /** Ends a running job after its step and frees the native memory; may be called again. */
  dispose(): void {
    this.disposed = true;
    this.guard.close();
    this.engine.close();
    this.samples?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Takes over what a file had; for load(). */
  adopt(
    weights: readonly { name: string; shape: readonly number[]; data: Float32Array }[],
    names: DataNames,
    scaled: boolean,
  ): void {
    this.engine.adopt(weights, scaled);
    this.names = names;
  }

  /** The session, after all checks and, before the first step, fitted to the training data. */
  private prepare(what: string, train: Dataset, { validation, monitor }: FitOptions): NativeSession {
    this.checkRows("training data", train);
    this.checkClasses("training data", train, this.names.classes);
    if (validation !== undefined) {
      this.checkRows("validation data", validation);
      this.checkClasses("validation data", validation, this.names.classes ?? train.classes);
      checkSameTargets("validation data", validation, train);
    }
    this.engine.useTargets(targetKindOf(train));
    this.checkMonitor(monitor);
    const session = this.engine.trainable(what);
    if (!this.engine.scaled) {
      fitScaling(this.engine, train);
      this.engine.scaled = true;
    }
    if (this.names.classes === undefined && train.classes !== undefined)
      this.names = { ...this.names, classes: train.classes };
    if (this.names.featureNames === undefined && train.featureNames !== undefined)
      this.names = { ...this.names, featureNames: train.featureNames };
    if (this.names.targetNames === undefined && train.targetNames !== undefined)
      this.names = { ...this.names, targetNames: train.targetNames };
    this.samples ??= train.slice(0, Math.min(8, train.rows));
    return session;
  }

  private checkRows(what: string, data: Dataset): void {
    requireDataset(what, data);
    this.engine.checkInput(what, data);
    if (data.target === undefined)
      throw new DataError(`${what}: the data set has no targets; give Dataset.from a target`);
  }

  private checkClasses(what: string, data: Dataset, known: readonly string[] | undefined): void {
    if (known === undefined || data.classes === undefined || known.join("\0") === data.classes.join("\0")) return;
    throw new DataError(
      `${what}: its classes are ${data.classes.join(", ")}, the model was trained on ${known.join(", ")}`,
    );
  }

  private checkMonitor(monitor: string | undefined): void {
    if (monitor === undefined || monitor === "loss" || this.engine.metricNames.includes(monitor)) return;
    throw new ArgumentError(
      `monitor "${monitor}" is not measured; choose ${["loss", ...this.engine.metricNames].join(", ")}, or add it to the trainer's metrics`,
    );
  }

  private async measure(data: Dataset, batchSize: number): Promise<Figures> {
    this.checkClasses("evaluation data", data, this.names.classes);
    if (this.fitted !== undefined) checkSameTargets("evaluation data", data, this.fitted);
    this.engine.useTargets(targetKindOf(data));
    const session = this.engine.measurable();
    const result = await session.evaluate({ dataset: data.native(), batchSize: Math.min(batchSize, data.rows) });
    return this.engine.finish(result.metrics, result.rows);
  }

  private async exclusive<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    const release = this.guard.begin(what);
    try {
      return await work();
    } catch (error) {
      throw this.explain(error, []);
    } finally {
      release();
    }
  }

  private idle<T>(what: string, work: () => T): T {
    const release = this.guard.begin(what);
    try {
      return work();
    } catch (error) {
      throw translateError(error);
    } finally {
      release();
    }
  }

  /** True for what a native job reports because somebody aborted the run or disposed the trainer. */
  private wasEnded(signal: AbortSignal, error: unknown): boolean {
    const { code } = error as { code?: string };
    return (signal.aborted && code === "CANCELLED") || (this.disposed && (code === "CANCELLED" || code === "DISPOSED"));
  }

  private explain(error: unknown, history: readonly EpochRecord[]): unknown {
    const translated = translateError(error);
    if (this.disposed && (error as { code?: string }).code === "CANCELLED")
      return new DisposedError("the trainer was disposed while it was running", { cause: error });
    if (!(translated instanceof NonFiniteError)) return translated;
    const remedies = [
      `lower the learning rate (now ${this.engine.learningRate})`,
      ...(this.engine.compiled.inputScaling ? [] : ["put standardize() in front of the model"]),
      ...(this.engine.compiled.targetScaling || this.engine.compiled.target?.kind === "classes"
        ? []
        : ["set standardizeTargets: true when targets are large numbers"]),
    ];
    return new NonFiniteError(
      `${translated.message} To try: ${remedies.join("; ")}. error.history has the finished epochs.`,
      translated.step,
      translated.layer,
      { cause: error, history },
    );
  }
}

function requireDataset(what: string, data: unknown): void {
  if (!(data instanceof Dataset))
    throw new ArgumentError(`${what}: expected a Dataset; make one with Dataset.from({ input, target })`);
}
