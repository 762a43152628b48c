// A study in memory that is played by hand: trials begin, report and end in any order, and a pruner is asked after each report.
import type { Pruner } from "../../../../lib/search/pruners/index.js";
import type {
  Direction,
  Json,
  LiveTrial,
  StudyRecord,
  TrialRecord,
  TrialState,
} from "../../../../lib/search/record.js";

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

export class PlayedStudy {
  private readonly trials: Mutable<TrialRecord>[] = [];

  constructor(
    readonly pruner: Pruner,
    readonly direction: Direction = "minimize",
    readonly name = "played",
  ) {}

  /** As of now: later changes do not show in it. */
  get record(): StudyRecord {
    const trials = this.trials.map((trial) => ({ ...trial, reports: new Map(trial.reports) }));
    return { name: this.name, directions: [this.direction], trials, userAttributes: {}, systemAttributes: {} };
  }

  /** The new trial's number. */
  begin(): number {
    const number = this.trials.length;
    this.trials.push({
      id: 100 + number,
      number,
      state: "running",
      values: undefined,
      parameters: {},
      distributions: {},
      reports: new Map(),
      userAttributes: {},
      systemAttributes: {},
      startedAt: new Date(0),
      endedAt: undefined,
    });
    return number;
  }

  /** Reports, and returns whether the trial should be pruned. */
  report(number: number, step: number, value: number): boolean {
    const trial = this.trials[number] as Mutable<TrialRecord>;
    trial.reports = new Map(trial.reports).set(step, value);
    const { record } = this;
    const live = { ...(record.trials[number] as TrialRecord) } as Mutable<LiveTrial>;
    live.setSystemAttribute = (name: string, attribute: Json) => {
      trial.systemAttributes = { ...trial.systemAttributes, [name]: attribute };
      live.systemAttributes = trial.systemAttributes;
    };
    return this.pruner.prune(record, live);
  }

  end(number: number, state: TrialState): void {
    (this.trials[number] as Mutable<TrialRecord>).state = state;
  }

  /** A complete trial with these reports at steps 0, 1, ... */
  complete(...values: number[]): number {
    const number = this.begin();
    const { reports } = this.trials[number] as TrialRecord;
    for (const [step, value] of values.entries()) (reports as Map<number, number>).set(step, value);
    this.end(number, "complete");
    return number;
  }

  /** The values at completed rungs, by system attribute. */
  rungs(number: number): Readonly<Record<string, Json>> {
    return Object.fromEntries(
      Object.entries((this.trials[number] as TrialRecord).systemAttributes).filter(([name]) =>
        name.startsWith("completed_rung_"),
      ),
    );
  }

  attributes(number: number): Readonly<Record<string, Json>> {
    return (this.trials[number] as TrialRecord).systemAttributes;
  }
}
