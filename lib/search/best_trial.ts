// The best trial of a study: what it was, and its network trained once more on everything.
import { ArgumentError } from "../errors.js";
import type { Dataset } from "../runtime/dataset.js";
import type { FitOptions } from "../runtime/fit_options.js";
import type { Trainer } from "../runtime/trainer.js";
import type { ParameterValue } from "./distribution.js";
import { type TrialParameters, RecordedParameters } from "./parameters.js";
import { type Direction, isBetter, type TrialRecord } from "./record.js";

/** Options of `retrain`: those of fit, or a function of the trial's parameters that gives them. */
export type RetrainOptions = FitOptions | ((parameters: TrialParameters) => FitOptions);

export class BestTrial {
  constructor(
    private readonly study: string,
    private readonly direction: Direction,
    /** All that is known of it. */
    readonly record: TrialRecord,
  ) {}

  get number(): number {
    return this.record.number;
  }

  get parameters(): Readonly<Record<string, ParameterValue>> {
    return this.record.parameters;
  }

  /** One per objective. */
  get values(): readonly number[] {
    return this.record.values as readonly number[];
  }

  /** The value of the first objective. */
  get value(): number {
    return this.values[0] as number;
  }

  /** The step of the best report, by the first objective: with `trial.fit`, the epoch. Undefined when nothing was reported. */
  get bestStep(): number | undefined {
    let best: number | undefined;
    for (const [step, value] of this.record.reports)
      if (
        Number.isFinite(value) &&
        (best === undefined || isBetter(this.direction, value, this.record.reports.get(best)!))
      )
        best = step;
    return best;
  }

  /** Hands out the trial's parameters to a function that builds a model, a trainer or anything else. */
  replay(): TrialParameters {
    return new RecordedParameters(
      `trial ${this.number} of study "${this.study}"`,
      this.parameters,
      this.record.distributions,
    );
  }

  /**
   * A trainer built with the trial's parameters and trained on these data, usually training and validation rows together.
   * `epochs` is by default the epoch that was best in the search.
   * @example
   * const { train, validation } = datasets.digits();
   * const study = await createStudy("digits.journal");
   * const build = (trial: TrialParameters) => {
   *   const model = sequential([1, 16, 16], [flatten(), dense(trial.int("neurons", 16, 128)), relu(), dense(10), softmax()]);
   *   return new Trainer(model, { loss: crossEntropy(), optimizer: adam() });
   * };
   * await study.optimize(async (trial) => (await trial.fit(build(trial), train, { validation })).best.validation.loss, { trials: 10 });
   * using trainer = await study.best.retrain(build, train.concat(validation));
   * await trainer.exportOnnx("best.onnx");
   */
  async retrain(
    build: (parameters: TrialParameters) => Trainer,
    data: Dataset,
    options: RetrainOptions = {},
  ): Promise<Trainer> {
    if (typeof build !== "function")
      throw new ArgumentError("retrain: expected a function that makes a Trainer from the trial's parameters");
    const given = typeof options === "function" ? options(this.replay()) : options;
    const epochs = given.epochs ?? this.bestStep;
    if (epochs === undefined)
      throw new ArgumentError(
        `retrain: trial ${this.number} reported no epochs, so the number of epochs is not known; give { epochs }`,
      );
    const trainer = build(this.replay());
    try {
      await trainer.fit(data, { ...given, epochs });
      return trainer;
    } catch (error) {
      trainer.dispose();
      throw error;
    }
  }
}
