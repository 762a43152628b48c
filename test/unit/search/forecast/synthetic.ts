// Made-up studies whose costs are known, in a time that passes only when a trial says so.
import { RandomStream } from "../../../../lib/data/random.js";
import type { Dataset } from "../../../../lib/runtime/dataset.js";
import type { EpochRecord, FitOptions, FitResult } from "../../../../lib/runtime/fit_options.js";
import { Run } from "../../../../lib/runtime/run.js";
import type { Trainer } from "../../../../lib/runtime/trainer.js";
import type { ForecastStudy } from "../../../../lib/search/forecast.js";
import type { Objective } from "../../../../lib/search/optimize.js";
import type { TrialParameters } from "../../../../lib/search/parameters.js";
import { noPruner } from "../../../../lib/search/pruners/index.js";
import type { Pruner } from "../../../../lib/search/pruners/pruner.js";
import type { Direction, Json, LiveTrial, StudyRecord, TrialRecord } from "../../../../lib/search/record.js";
import type { Sampler } from "../../../../lib/search/samplers/sampler.js";
import { fromUnit, uniformUnit } from "../../../../lib/search/samplers/transform.js";

/** Moves on by what is spent. */
export class FakeClock {
  private time = 1000;
  readonly now = () => this.time;
  spend(milliseconds: number): void {
    this.time += milliseconds;
  }
}

export function randomSampler(seed: number, name = "random"): Sampler {
  return {
    name,
    sample: (_, trial, parameter, distribution) =>
      fromUnit(distribution, uniformUnit(new RandomStream(seed, parameter, trial.number))),
  };
}

export function emptyStudy({
  sampler = randomSampler(1),
  pruner = noPruner(),
  directions = ["minimize"] as readonly Direction[],
} = {}): ForecastStudy {
  return {
    record: { name: "made up", directions, trials: [], userAttributes: {}, systemAttributes: {} },
    sampler,
    pruner,
  };
}

/** A trainer whose first epoch takes `first`, all others `epoch` milliseconds, in steps that tick every tenth of a second. */
export function fakeTrainer(
  clock: FakeClock,
  { epoch, first = epoch, steps = 10 }: { epoch: number; first?: number; steps?: number },
) {
  const trainer = {
    disposed: false,
    epochsRun: 0,
    dispose() {
      trainer.disposed = true;
    },
    fit: (_: Dataset, { epochs = 10, signal: outer, onTick }: FitOptions = {}) =>
      new Run<EpochRecord, FitResult>(async (emit, signal) => {
        await null;
        const history: EpochRecord[] = [];
        for (let i = 1; i <= epochs && !signal.aborted; i++) {
          let ticked = clock.now();
          const cost = i === 1 ? first : epoch;
          for (let step = 1; step <= steps && !signal.aborted; step++) {
            clock.spend(cost / steps);
            if (clock.now() - ticked < 100) continue;
            ticked = clock.now();
            onTick?.({ epoch: i, step, steps, rows: step });
          }
          if (signal.aborted) break;
          trainer.epochsRun++;
          const record = { epoch: i, loss: 1 / i, metrics: {}, learningRate: 1, seconds: cost / 1000 };
          history.push(record);
          await emit(record);
        }
        return { history, best: history[0], stopped: signal.aborted ? "aborted" : "done" };
      }, outer),
  };
  return trainer as typeof trainer & Trainer;
}

/** What a synthetic training costs in milliseconds: a constant and a product, with interplay that no single power has. */
export function trueCost(parameters: TrialParameters): number {
  const depth = parameters.int("depth", 1, 4);
  const width = parameters.int("width", 8, 256, { log: true });
  const batchSize = parameters.categorical("batchSize", [16, 32, 64, 128]);
  const optimizer = parameters.categorical("optimizer", ["sgd", "adam", "rmsprop"]);
  parameters.float("learningRate", 1e-4, 1, { log: true });
  const byOptimizer = { sgd: 1, adam: 1.3, rmsprop: 1.2 }[optimizer];
  return 100 + byOptimizer * (200 + depth * width ** 1.3 * (1 + 40 / batchSize) * 0.5);
}

export function costOnly(clock: FakeClock): Objective {
  return (trial) => {
    clock.spend(trueCost(trial));
    return 1;
  };
}

/** How a made-up trial reports: not the family of curves that forecasts make up themselves. */
export interface Landscape {
  readonly power: number;
  readonly noise: number;
  readonly costly: number;
}

/**
 * Runs a trial of `steps` steps for each of `costs`, pruned by `pruner`: power-law curves with noise that lasts for some steps.
 * Returns the study and the milliseconds that it took, one trial after another from time 0 on.
 */
export function runPruned(
  pruner: Pruner,
  costs: readonly number[],
  steps: number,
  landscape: Landscape,
  seed: number,
): { study: StudyRecord; milliseconds: number } {
  const trials: TrialRecord[] = [];
  const study = {
    name: "made up",
    directions: ["minimize"],
    trials,
    userAttributes: {},
    systemAttributes: {},
  } as const;
  let time = 0;
  for (const [number, cost] of costs.entries()) {
    const random = new RandomStream(seed, "curve", number);
    const quality = random.normal() - landscape.costly * Math.log(cost / 1000);
    const power = landscape.power * random.uniform(0.5, 1.5);
    const reports = new Map<number, number>();
    const systemAttributes: Record<string, Json> = {};
    const trial = {
      id: number,
      number,
      state: "running" as TrialRecord["state"],
      values: undefined,
      parameters: {},
      distributions: {},
      reports,
      userAttributes: {},
      systemAttributes,
      startedAt: new Date(time),
      endedAt: undefined as Date | undefined,
      setSystemAttribute: (name: string, value: Json) => {
        systemAttributes[name] = value;
      },
    } satisfies LiveTrial;
    trials.push(trial);
    let drift = 0;
    let state: TrialRecord["state"] = "complete";
    for (let step = 1; step <= steps && state === "complete"; step++) {
      time += cost / steps;
      drift = 0.7 * drift + landscape.noise * random.normal();
      reports.set(step, quality + 4 * step ** -power + drift);
      if (step < steps && pruner.prune(study, trial)) state = "pruned";
    }
    trial.state = state;
    trial.endedAt = new Date(time);
  }
  return { study, milliseconds: time };
}
