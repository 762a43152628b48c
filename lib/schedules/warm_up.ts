// Linear warm-up: small steps first, while the averages of an optimizer and of batch norm are still poor.
import { numberIn, type Options, readSpec, withDefault } from "../options.js";
import { namedSchedule, type Schedule, type ScheduleMoment } from "./schedule.js";

export interface WarmUpOptions {
  /** Share of all steps over which the rate rises, in [0, 1); default 0.1. */
  readonly share?: number;
  /** Factor of the first step, in [0, 1]; default 0.01. */
  readonly startFactor?: number;
}

const OPTIONS: Options = {
  share: withDefault(numberIn({ from: 0, below: 1 }), 0.1),
  startFactor: withDefault(numberIn({ from: 0, to: 1 }), 0.01),
};

/**
 * Rises linearly from `startFactor` to 1 over the first `round(share * steps)` steps and stays there, as PyTorch's LinearLR. Factors
 * multiply: a warm-up goes with any schedule.
 * @throws ArgumentError for options that cannot be used
 * @example
 * const { train } = await datasets.digits();
 * const model = sequential(train.inputShape, [flatten(), dense(32), relu(), dense(10), softmax()]);
 * using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: adam() });
 * await trainer.fit(train, { epochs: 10, schedule: warmUp({ share: 0.05 }) });
 * const [rise, fall] = [warmUp(), stepDecay({ every: 10 })];
 * await trainer.fit(train, { epochs: 30, schedule: (moment) => rise(moment) * fall(moment) });
 */
export function warmUp(options: WarmUpOptions = {}): Schedule {
  const spec = readSpec<{ kind: "warmUp" } & Required<WarmUpOptions>>("warmUp", "warmUp", OPTIONS, options);
  return namedSchedule("warmUp", (moment) => warmUpFactor(moment, spec) ?? 1);
}

/** The rising factor, undefined once the rate has risen. */
export function warmUpFactor(
  { step, steps }: Pick<ScheduleMoment, "step" | "steps">,
  { share, startFactor }: Required<WarmUpOptions>,
): number | undefined {
  const warm = warmUpSteps(steps, share);
  return step < warm ? startFactor + ((1 - startFactor) * step) / warm : undefined;
}

/** How many steps a warm-up takes. */
export function warmUpSteps(steps: number, share: number): number {
  return Math.round(share * steps);
}
