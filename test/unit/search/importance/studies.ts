// Finished studies of made-up objectives, parameters drawn uniformly.
import { RandomStream } from "../../../../lib/data/random.js";
import { type Distribution, fromInternal, type ParameterValue } from "../../../../lib/search/distribution.js";
import type { StudyRecord, TrialRecord } from "../../../../lib/search/record.js";

export function finishedStudy(
  distributions: Readonly<Record<string, Distribution>>,
  objective: (parameters: Readonly<Record<string, ParameterValue>>, random: RandomStream) => number | readonly number[],
  trials: number,
  seed = 1,
): StudyRecord {
  const records = Array.from({ length: trials }, (_, number): TrialRecord => {
    const random = new RandomStream(seed, "study", number);
    const parameters = Object.fromEntries(
      Object.entries(distributions).map(([name, distribution]) => [name, drawn(distribution, random)]),
    );
    const value = objective(parameters, random);
    return {
      id: number,
      number,
      state: "complete",
      values: typeof value === "number" ? [value] : value,
      parameters,
      distributions,
      reports: new Map(),
      userAttributes: {},
      systemAttributes: {},
      startedAt: new Date(0),
      endedAt: new Date(1000),
    };
  });
  const directions = (records[0]?.values ?? [0]).map(() => "minimize" as const);
  return { name: "finished", directions, trials: records, userAttributes: {}, systemAttributes: {} };
}

function drawn(distribution: Distribution, random: RandomStream): ParameterValue {
  if (distribution.kind === "categorical") return fromInternal(distribution, random.below(distribution.choices.length));
  const { low, high, log } = distribution;
  const value = log ? Math.exp(random.uniform(Math.log(low), Math.log(high))) : random.uniform(low, high);
  return distribution.kind === "int" ? Math.round(value) : value;
}
