// The compiled model and its native session: made when first needed, made anew when the kind of targets turns out otherwise.
import { type Compiled, compile, type TargetKind } from "../compile/compile.js";
import { ArgumentError, DataError, DisposedError, type Shape, shapeText } from "../errors.js";
import type { Model } from "../layers/model.js";
import { valueText } from "../options.js";
import type { Dataset } from "./dataset.js";
import { loadNative, type NativeSession } from "./native.js";
import { flattenNumbers } from "./numeric_data.js";
import { type Profile, profileByDefault, profilesOf, reportAtExit } from "./profile.js";
import { defaultThreads } from "./threads.js";
import type { TrainerOptions } from "./trainer_options.js";
import { wholeNumber } from "./fit_options.js";

/** What the targets of a data set are, as the compiler wants to know it. */
export function targetKindOf(data: Dataset): TargetKind | undefined {
  if (data.target instanceof Int32Array) return { kind: "classes", classes: data.classes?.length ?? 0 };
  return data.targetShape && { kind: "values", shape: data.targetShape };
}

/** Refuses validation data that a model trained on these targets cannot be compared with. */
export function checkSameTargets(what: string, data: Dataset, train: Dataset): void {
  const [wanted, found] = [targetKindOf(train), targetKindOf(data)];
  if (wanted === undefined || found === undefined || sameKind(wanted, found)) return;
  throw new DataError(
    `${what}: its targets are ${kindText(found)}, those of the training data ${kindText(wanted)}; make both alike`,
  );
}

function kindText(kind: TargetKind): string {
  return kind.kind === "classes" ? `labels of ${kind.classes} classes` : `numbers of shape ${shapeText(kind.shape)}`;
}

export class Engine {
  compiled: Compiled;
  /** True once input and target scaling are fitted, or came from a file: they never change again. */
  scaled = false;
  private readonly seed: number;
  private readonly threads: number;
  private native: NativeSession | undefined;
  private readonly profiles: boolean;
  private report: (() => void) | undefined;
  private closed = false;

  constructor(
    private readonly model: Model,
    private readonly options: TrainerOptions,
  ) {
    if (!Array.isArray(model?.nodes))
      throw new ArgumentError(`Trainer: expected a model such as sequential([4], [...]), found ${valueText(model)}`);
    this.seed = wholeNumber("seed", options.seed ?? 0, 0);
    if (!Number.isSafeInteger(this.seed))
      throw new ArgumentError(`seed: expected a whole number below 2^53, found ${this.seed}`);
    this.threads = options.threads === undefined ? defaultThreads() : wholeNumber("threads", options.threads, 1);
    this.profiles = options.profile ?? profileByDefault();
    this.compiled = this.compile(undefined);
  }

  get inputShape(): Shape {
    return (this.model.inputs[0] as { shape: Shape }).shape;
  }

  get learningRate(): number {
    return this.options.optimizer?.learningRate ?? 0;
  }

  get metricNames(): readonly string[] {
    return this.compiled.metricNames;
  }

  /** Options that belong to the model rather than to a training, for files. */
  settings(): { standardizeTargets: boolean; scaled: boolean } {
    return { standardizeTargets: this.options.standardizeTargets ?? false, scaled: this.scaled };
  }

  /** Compiles for targets of this kind; weights, states and optimizer slots are kept. */
  useTargets(kind: TargetKind | undefined): void {
    if (kind === undefined || this.options.loss === undefined || sameKind(kind, this.compiled.target)) return;
    const compiled = this.compile(kind);
    const old = this.native;
    this.compiled = compiled;
    if (old === undefined) return;
    this.native = this.open();
    for (const { name, role } of old.names())
      if (role === "param" || role === "state" || role === "slot") this.native.write(name, old.read(name).data);
    this.native.setCounters(old.counters());
    old.close();
  }

  session(): NativeSession {
    this.native ??= this.open();
    return this.native;
  }

  /** The session, or an error that says what the trainer lacks to train. */
  trainable(what: string): NativeSession {
    const missing = [this.options.loss ? [] : ["loss"], this.options.optimizer ? [] : ["optimizer"]].flat();
    if (missing.length > 0)
      throw new ArgumentError(
        `${what}: this trainer has no ${missing.join(" and no ")}; make it with new Trainer(model, { loss, optimizer }), or load(file, { loss, optimizer })`,
      );
    return this.session();
  }

  /** The session, or an error that says what the trainer lacks to evaluate. */
  measurable(): NativeSession {
    if (this.options.loss === undefined)
      throw new ArgumentError(
        "evaluate: this trainer has no loss; make it with new Trainer(model, { loss }), or load(file, { loss })",
      );
    return this.session();
  }

  /** Loss and metrics from means over this many rows. */
  finish(raw: Record<string, number>, rows: number): { loss: number; metrics: Record<string, number> } {
    return this.compiled.finish(raw, rows);
  }

  checkInput(what: string, data: Dataset): void {
    const expected = this.inputShape;
    if (data.inputShape.join() === expected.join()) return;
    throw new DataError(
      `${what}: its rows have shape ${shapeText(data.inputShape)}, the model's input is ${shapeText(expected)}`,
    );
  }

  weightNames(): { name: string; role: string; shape: number[] }[] {
    return this.session()
      .names()
      .filter(({ role }) => role === "param" || role === "state");
  }

  knownWeight(name: string): string {
    const known = this.weightNames().map((weight) => weight.name);
    if (known.includes(name)) return name;
    throw new ArgumentError(`there is no weight "${name}"; this model has ${known.join(", ")}`);
  }

  /** Sets a weight; refuses numbers that no training could go on from. Scaling that was set by hand is not fitted any more. */
  write(name: string, data: Float32Array | readonly number[]): void {
    const { data: values } = flattenNumbers(data, `write "${this.knownWeight(name)}"`);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new ArgumentError(`write "${name}": element ${wrong} is ${values[wrong]}, expected finite numbers`);
    const divisor = name.endsWith(".deviation") || name.endsWith(".running_variance");
    const negative = divisor
      ? values.findIndex((value) => value < 0 || (value === 0 && name.endsWith(".deviation")))
      : -1;
    if (negative >= 0)
      throw new ArgumentError(
        `write "${name}": element ${negative} is ${values[negative]}, expected a positive number`,
      );
    this.session().write(name, values);
    const { inputScaling, targetScaling } = this.compiled;
    const scalings = [inputScaling, targetScaling].flatMap((names) => (names ? [names.mean, names.deviation] : []));
    if (scalings.includes(name)) this.scaled = true;
  }

  /** Takes weights from a file; every one of the model must be there, with its shape. */
  adopt(weights: readonly { name: string; shape: readonly number[]; data: Float32Array }[], scaled: boolean): void {
    const given = new Map(weights.map((weight) => [weight.name, weight]));
    for (const { name, shape } of this.weightNames()) {
      const weight = given.get(name);
      if (weight === undefined)
        throw new DataError(`the file has no weight "${name}", which its model needs; save it again`);
      if (weight.shape.join() !== shape.join())
        throw new DataError(
          `weight "${name}" has shape ${shapeText(weight.shape)} in the file, the model needs ${shapeText(shape)}`,
        );
      this.session().write(name, weight.data);
      given.delete(name);
    }
    if (given.size > 0)
      throw new DataError(`the file has weights that its model does not have: ${[...given.keys()].join(", ")}`);
    this.scaled = scaled;
  }

  profile(): Profile[] {
    if (!this.profiles)
      throw new ArgumentError(
        "profile: this trainer keeps no times; make it with new Trainer(model, { profile: true })",
      );
    return profilesOf(this.session());
  }

  cancel(): void {
    this.native?.cancel();
  }

  close(): void {
    this.closed = true;
    this.report?.();
    this.native?.close();
    this.native = undefined;
  }

  private open(): NativeSession {
    if (this.closed) throw new DisposedError("this trainer was disposed; make a new one or load() a saved file");
    const { instructionSet, blas } = this.options;
    if (this.profiles && this.options.profile === undefined) this.report ??= reportAtExit(() => this.native);
    return new (loadNative().Session)({
      plans: this.compiled.plans,
      seed: this.seed,
      threads: this.threads,
      ...(instructionSet === undefined ? {} : { instructionSet }),
      ...(blas === undefined ? {} : { blas }),
      profile: this.profiles,
    });
  }

  private compile(targetKind: TargetKind | undefined): Compiled {
    const { loss, optimizer, metrics, standardizeTargets, precision } = this.options;
    return compile(this.model, {
      ...(loss && { loss }),
      ...(optimizer && { optimizer }),
      ...(metrics && { metrics }),
      ...(standardizeTargets === undefined ? {} : { standardizeTargets }),
      ...(precision === undefined ? {} : { precision }),
      ...(targetKind && { targetKind }),
    });
  }
}

function sameKind(a: TargetKind, b: TargetKind | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
