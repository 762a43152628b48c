// A study that lives in memory and does one thing after another: samplers and pruners are tried on it without a journal.
import { ok } from "node:assert";
import { ArgumentError } from "../../errors.js";
import { deepFreeze } from "../../options.js";
import {
  type Choice,
  categoricalDistribution,
  contains,
  type Distribution,
  type FloatOptions,
  floatDistribution,
  type IntOptions,
  intDistribution,
  isSingle,
  type ParameterValue,
  sameDistribution,
} from "../distribution.js";
import {
  type Direction,
  isFinished,
  type Json,
  type LiveTrial,
  type StudyRecord,
  type TrialRecord,
} from "../record.js";
import type { Sampler } from "../samplers/sampler.js";

/** How a trial ends: its values, or its state; `pruned` takes the last finite report for its value. */
export type Ending = number | readonly number[] | "pruned" | "failed";

/** Proposes nothing and refuses to: for trials whose parameters do not matter. */
const noSampler: Sampler = {
  name: "none",
  sample: () => {
    throw new ArgumentError("pretend study: ask() needs a sampler for trials that have parameters");
  },
};

export class PretendStudy {
  private trials: TrialRecord[] = [];
  private known: StudyRecord | undefined;

  constructor(
    private readonly directions: readonly Direction[] = ["minimize"],
    private readonly name = "pretended",
  ) {}

  /** Frozen; a new one after every change. */
  get record(): StudyRecord {
    this.known ??= deepFreeze({
      name: this.name,
      directions: [...this.directions],
      trials: [...this.trials],
      userAttributes: {},
      systemAttributes: {},
    });
    return this.known;
  }

  /** Begins the first waiting trial, or a new one. */
  ask(sampler: Sampler = noSampler): PretendTrial {
    let number = this.trials.findIndex(({ state }) => state === "waiting");
    if (number < 0) number = this.add({});
    else this.change(number, { state: "running" });
    return new PretendTrial(this, number, sampler);
  }

  tell({ number }: { readonly number: number }, ending: Ending): void {
    const { reports } = this.trial(number);
    const endedAt = new Date(number * 1000 + 500);
    if (ending === "failed") this.change(number, { state: "failed", endedAt });
    else if (ending === "pruned") {
      const last = [...reports.values()].filter(Number.isFinite).at(-1);
      this.change(number, { state: "pruned", endedAt, values: last === undefined ? undefined : [last] });
    } else {
      const values = typeof ending === "number" ? [ending] : ending;
      // A study fails trials whose objective is NaN.
      const failed = values.some(Number.isNaN);
      this.change(number, { state: failed ? "failed" : "complete", endedAt, values: failed ? undefined : values });
    }
  }

  /** A trial for later, with values for some or all of its parameters, as Optuna notes them. */
  enqueue(parameters: Readonly<Record<string, ParameterValue>>): void {
    this.add({ state: "waiting", systemAttributes: { fixed_params: parameters } });
  }

  /** Asks, evaluates and tells `count` trials one after another. */
  run(sampler: Sampler | undefined, objective: (trial: PretendTrial) => Ending, count: number): this {
    for (let i = 0; i < count; i++) {
      const trial = this.ask(sampler);
      this.tell(trial, objective(trial));
    }
    return this;
  }

  /** Puts a trial into the record as it stands; returns its number. */
  add(fields: Partial<TrialRecord>): number {
    const number = this.trials.length;
    this.trials.push({
      id: number,
      state: "running",
      values: undefined,
      parameters: {},
      distributions: {},
      reports: new Map(),
      userAttributes: {},
      systemAttributes: {},
      startedAt: new Date(number * 1000),
      endedAt: undefined,
      ...fields,
      number,
    });
    this.known = undefined;
    return number;
  }

  trial(number: number): TrialRecord {
    return this.trials[number] as TrialRecord;
  }

  change(number: number, fields: Partial<TrialRecord>): void {
    ok(!isFinished(this.trial(number)), `trial ${number} is finished and was to be changed`);
    this.trials[number] = { ...this.trial(number), ...fields };
    this.known = undefined;
  }
}

/** A running trial of a pretended study, as an objective sees it; `live` is what samplers and pruners get. */
export class PretendTrial {
  readonly live: LiveTrial;
  private readonly together: Readonly<Record<string, { distribution: Distribution; value: ParameterValue }>>;

  constructor(
    private readonly study: PretendStudy,
    readonly number: number,
    private readonly sampler: Sampler,
  ) {
    this.live = liveTrial(study, number);
    this.together = sampler.sampleTogether?.(study.record, this.live) ?? {};
    for (const [name, { distribution, value }] of Object.entries(this.together)) check(name, distribution, value);
  }

  float(name: string, low: number, high: number, options?: FloatOptions): number {
    return this.parameter(name, floatDistribution(name, low, high, options)) as number;
  }

  int(name: string, low: number, high: number, options?: IntOptions): number {
    return this.parameter(name, intDistribution(name, low, high, options)) as number;
  }

  categorical<C extends Choice>(name: string, choices: readonly C[]): C {
    return this.parameter(name, categoricalDistribution(name, choices)) as C;
  }

  parameter(name: string, distribution: Distribution): ParameterValue {
    const { parameters, distributions, systemAttributes } = this.study.trial(this.number);
    if (Object.hasOwn(parameters, name)) return parameters[name] as ParameterValue;
    const fixed = (systemAttributes.fixed_params ?? {}) as Record<string, ParameterValue>;
    const value = this.propose(name, distribution, fixed);
    check(name, distribution, value);
    this.study.change(this.number, {
      parameters: { ...parameters, [name]: value },
      distributions: { ...distributions, [name]: distribution },
    });
    return value;
  }

  report(step: number, value: number): void {
    this.study.change(this.number, { reports: new Map(this.live.reports).set(step, value) });
  }

  private propose(name: string, distribution: Distribution, fixed: Record<string, ParameterValue>): ParameterValue {
    if (Object.hasOwn(fixed, name)) return fixed[name] as ParameterValue;
    if (isSingle(distribution))
      return distribution.kind === "categorical" ? (distribution.choices[0] as Choice) : distribution.low;
    const proposed = Object.hasOwn(this.together, name) ? this.together[name] : undefined;
    if (proposed !== undefined && sameDistribution(proposed.distribution, distribution)) return proposed.value;
    return this.sampler.sample(this.study.record, this.live, name, distribution);
  }
}

/** Always as the study knows the trial now. */
function liveTrial(study: PretendStudy, number: number): LiveTrial {
  const setSystemAttribute = (name: string, value: Json): void => {
    // What JSON would alter does not come back from a journal.
    const kept = JSON.parse(JSON.stringify(value)) as Json;
    study.change(number, { systemAttributes: { ...study.trial(number).systemAttributes, [name]: kept } });
  };
  const live = { setSystemAttribute };
  for (const field of Object.keys(study.trial(number)) as (keyof TrialRecord)[])
    Object.defineProperty(live, field, { enumerable: true, get: () => study.trial(number)[field] });
  return Object.freeze(live) as LiveTrial;
}

function check(name: string, distribution: Distribution, value: ParameterValue): void {
  ok(
    contains(distribution, value),
    `parameter "${name}": ${JSON.stringify(value)} is not in ${JSON.stringify(distribution)}`,
  );
}
