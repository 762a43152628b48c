// The part of a trial that hands out parameters: in a search, and in the replay of a finished trial.
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import {
  type Choice,
  categoricalDistribution,
  contains,
  type Distribution,
  type FloatOptions,
  floatDistribution,
  type IntOptions,
  intDistribution,
  type ParameterValue,
  sameDistribution,
} from "./distribution.js";

/** What a function that builds a model needs of a trial, so that it serves the search and the final training alike. */
export abstract class TrialParameters {
  /** A real number of [low, high], uniform, or uniform in the logarithm, or in steps. */
  float(name: string, low: number, high: number, options?: FloatOptions): number {
    return this.value(name, floatDistribution(name, low, high, options)) as number;
  }

  /** A whole number of [low, high], uniform, or uniform in the logarithm, or in steps. */
  int(name: string, low: number, high: number, options?: IntOptions): number {
    return this.value(name, intDistribution(name, low, high, options)) as number;
  }

  /** One of the choices. */
  categorical<const C extends Choice>(name: string, choices: readonly C[]): C {
    return this.value(name, categoricalDistribution(name, choices)) as C;
  }

  protected abstract value(name: string, distribution: Distribution): ParameterValue;
}

/** Hands out what a trial was given: for building its model once more. */
export class RecordedParameters extends TrialParameters {
  constructor(
    private readonly what: string,
    private readonly recorded: Readonly<Record<string, ParameterValue>>,
    private readonly distributions: Readonly<Record<string, Distribution>> = {},
  ) {
    super();
  }

  protected value(name: string, distribution: Distribution): ParameterValue {
    const value = Object.hasOwn(this.recorded, name) ? this.recorded[name] : undefined;
    if (value === undefined)
      throw new ArgumentError(
        `${this.what} has no parameter "${name}"; it has ${Object.keys(this.recorded).join(", ") || "none"}`,
      );
    const known = this.distributions[name];
    if (!contains(distribution, value) && !(known !== undefined && sameDistribution(known, distribution)))
      throw new ArgumentError(
        `${this.what}: its "${name}" is ${valueText(value)}, which is not what is asked for now (${distributionText(distribution)})`,
      );
    return value;
  }
}

/** `0.001 to 1, log`: how a distribution reads in messages and tables. */
export function distributionText(distribution: Distribution): string {
  if (distribution.kind === "categorical") return distribution.choices.map((choice) => valueText(choice)).join(", ");
  const { low, high, log, step } = distribution;
  const steps = step === null || (distribution.kind === "int" && step === 1) ? "" : ` in steps of ${step}`;
  return `${distribution.kind} ${low} to ${high}${log ? ", log" : ""}${steps}`;
}
