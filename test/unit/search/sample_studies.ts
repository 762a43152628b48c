// Studies as records, for tests of what reads them: made up, but of the shape that real ones have.
import { RandomStream } from "../../../lib/data/random.js";
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
  type ParameterValue,
} from "../../../lib/search/distribution.js";
import type { Direction, StudyRecord, TrialRecord, TrialState } from "../../../lib/search/record.js";

const begin = Date.UTC(2026, 0, 5, 9);

/** A trial; `seconds` after the study's begin it starts, `duration` seconds later it ends. */
export function trial(
  number: number,
  state: TrialState,
  given: Partial<TrialRecord> & { seconds?: number; duration?: number } = {},
): TrialRecord {
  const { seconds = 10 * number, duration = 10, ...fields } = given;
  const ended = state === "complete" || state === "pruned" || state === "failed";
  return {
    id: number,
    number,
    state,
    values: undefined,
    parameters: {},
    distributions: {},
    reports: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: state === "waiting" ? undefined : new Date(begin + 1000 * seconds),
    endedAt: ended ? new Date(begin + 1000 * (seconds + duration)) : undefined,
    ...fields,
  };
}

export function study(trials: readonly TrialRecord[], given: Partial<StudyRecord> = {}): StudyRecord {
  return { name: "sample", directions: ["maximize"], trials, userAttributes: {}, systemAttributes: {}, ...given };
}

const space: readonly [string, Distribution][] = [
  ["learningRate", floatDistribution("learningRate", 1e-4, 1, { log: true })],
  ["depth", intDistribution("depth", 1, 4)],
  ["optimizer", categoricalDistribution("optimizer", ["sgd", "rmsprop", "adam"])],
  ["batchSize", intDistribution("batchSize", 8, 512, { log: true })],
  ["dropout", floatDistribution("dropout", 0, 0.5)],
  ["momentum", floatDistribution("momentum", 0.5, 0.99)],
];

export interface TrainingStudyOptions {
  readonly trials: number;
  /** More than six are made up. Default 6. */
  readonly parameters?: number;
  readonly steps?: number;
  readonly direction?: Direction;
}

/**
 * Like a search for a classifier: accuracy (or its loss) depends on learning rate and depth, momentum is asked for with sgd only,
 * a third of the trials is pruned, one in fifteen fails with NaN, the last two run.
 */
export function trainingStudy({
  trials: count,
  parameters: width = 6,
  steps = 12,
  direction = "maximize",
}: TrainingStudyOptions): StudyRecord {
  const names: (readonly [string, Distribution])[] = [...space.slice(0, width)];
  while (names.length < width) {
    const name = `a rather long name of a parameter, number ${names.length}`;
    names.push([name, floatDistribution(name, 0, 1)]);
  }
  const trials: TrialRecord[] = [];
  for (let number = 0; number < count; number++) {
    const random = new RandomStream(5, "study", number);
    const parameters: Record<string, ParameterValue> = {};
    const distributions: Record<string, Distribution> = {};
    for (const [name, distribution] of names) {
      if (name === "momentum" && parameters.optimizer !== "sgd") continue;
      parameters[name] = draw(random, distribution);
      distributions[name] = distribution;
    }
    const rate = Math.log10(parameters.learningRate as number);
    const quality = 0.97 - 0.05 * (rate + 2) ** 2 - 0.02 * Math.abs((parameters.depth as number) - 3);
    const final = Math.max(0.1, quality + 0.01 * random.normal());
    const turn = random.uniform();
    const state = stateOf(number, count, turn, final);
    const run = state === "complete" ? steps : 1 + random.below(steps - 1);
    const reports = new Map<number, number>();
    for (let step = 1; step <= run; step++) {
      const accuracy = final - (final - 0.1) * Math.exp(-step / 2.5) + 0.004 * random.normal();
      reports.set(
        step,
        state === "failed" && step === run ? Number.NaN : direction === "maximize" ? accuracy : 1 / accuracy,
      );
    }
    const last = reports.get(run) as number;
    trials.push(
      trial(number, state, {
        parameters,
        distributions,
        reports,
        seconds: 6 * number,
        duration: run,
        ...((state === "complete" || state === "pruned") && { values: [last] }),
        ...(state === "failed" && {
          systemAttributes: { "netwright:failure": { kind: "threw", message: `the loss is NaN at step ${run}` } },
        }),
      }),
    );
  }
  return study(trials, { name: "usps-width-and-depth", directions: [direction] });
}

function stateOf(number: number, count: number, turn: number, final: number): TrialState {
  if (count > 3 && number >= count - 2) return "running";
  if (count > 3 && turn < 1 / 15) return "failed";
  return number > 4 && (final < 0.85 ? turn < 0.8 : turn < 0.2) ? "pruned" : "complete";
}

function draw(random: RandomStream, distribution: Distribution): ParameterValue {
  if (distribution.kind === "categorical")
    return distribution.choices[random.below(distribution.choices.length)] as ParameterValue;
  const { low, high, log, kind } = distribution;
  const value = log
    ? Math.exp(random.uniform(Math.log(low), Math.log(high)))
    : random.uniform(low, high + (kind === "int" ? 1 : 0));
  return kind === "int" ? Math.floor(value) : value;
}

/** Accuracy against seconds, in conflict. */
export function twoObjectives(count: number): StudyRecord {
  const size = intDistribution("width", 8, 512, { log: true });
  return study(
    Array.from({ length: count }, (_, number) => {
      const random = new RandomStream(6, "objectives", number);
      const width = draw(random, size) as number;
      return trial(number, "complete", {
        parameters: { width },
        distributions: { width: size },
        values: [0.98 - 0.8 / width - 0.02 * random.uniform(), 0.1 * width * random.uniform(1, 1.6)],
      });
    }),
    { directions: ["maximize", "minimize"], systemAttributes: { "study:metric_names": ["accuracy", "seconds"] } },
  );
}
